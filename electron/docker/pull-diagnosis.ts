import { statfs } from 'node:fs/promises'
import type { ImageName } from '../contract/grammar.ts'
import { causeText, CodedError } from '../core/errors.ts'
import { type Patience, USUAL, waitFor } from '../core/patience.ts'
import type { Engine } from './engine.ts'
import { openRegistry } from './registry.ts'
import { readInfo, type Info } from './state.ts'

/** What a failed pull had done until then. */
export type Progressed = { bytes: number; totalBytes: number | null }
/** Bytes that are free for the engine's folder; null where that cannot be asked. */
export type FreeBytes = (engine: Engine, info: Info) => Promise<number | null>

const MOST_MIRRORS = 3
/** An image needs its compressed and its unpacked bytes at the same time; golang's unpack to 2.9 times as many. */
const ROOM = 3

/**
 * With mirrors an engine reports only its last try, which is Docker Hub: "connection refused" there can hide
 * that a mirror does not have the tag, or that the disk is full (moby distribution/pull.go). This asks again
 * who was to blame and answers the error to show; the engine's own words stay its cause.
 */
export async function explainPull(
  engine: Engine,
  error: CodedError,
  name: ImageName,
  progressed: Progressed,
  { signal, patience = USUAL }: { signal: AbortSignal; patience?: Patience },
  freeBytes: FreeBytes = engineFreeBytes,
): Promise<CodedError> {
  const cause = causeText(error.cause)
  if (error.code !== 'registry-unreachable' || name.registry !== 'docker.io' || !cause.includes('docker.io'))
    return error
  try {
    const info = await readInfo(engine, signal)
    const mirrors = info.RegistryConfig?.Mirrors ?? []
    if (mirrors.length === 0) return error
    if (progressed.bytes > 0) {
      // A mirror delivered, so this image is there; what broke off is the transfer or the disk.
      const free = await freeBytes(engine, info)
      const needed = (progressed.totalBytes ?? progressed.bytes) * ROOM
      if (free === null || free >= needed) return error
      return new CodedError('engine-disk-full', error.values, `${cause} (${free} bytes free, about ${needed} needed)`)
    }
    return await askMirrors(error, cause, name, mirrors, info, signal, waitFor('diagnosis', patience.policy))
  } catch {
    // A diagnosis that fails must not hide what it was to explain.
    return error
  }
}

async function askMirrors(
  error: CodedError,
  cause: string,
  name: ImageName,
  mirrors: readonly string[],
  info: Info,
  signal: AbortSignal,
  timeout: number,
): Promise<CodedError> {
  const platform = { os: info.OSType ?? 'linux', arch: goArch(info.Architecture ?? '') }
  const answers = await Promise.all(
    mirrors.slice(0, MOST_MIRRORS).map(async (url) => {
      try {
        await openRegistry(name.repository, { url, signal, timeout }).size(name.digest ?? name.tag, platform)
        return null
      } catch (failure) {
        return failure instanceof CodedError ? failure.code : null
      }
    }),
  )
  const first = answers[0] ?? null
  const told = ['image-not-found', 'image-no-platform', 'registry-rate-limit', 'registry-denied']
  // Only what all of them say is the answer; one that has the image was ill for another reason.
  if (first === null || !told.includes(first) || answers.some((code) => code !== first)) return error
  return new CodedError(first, error.values, `${mirrors.join(', ')}: ${first}; ${cause}`)
}

/** `/info` names processors as uname does, registries as Go does. */
export function goArch(machine: string): string {
  const names: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', i686: '386', armv7l: 'arm' }
  return names[machine] ?? machine
}

/** Asks the file system below the engine's folder; only where that is on this machine. */
async function engineFreeBytes(engine: Engine, info: Info): Promise<number | null> {
  const { address, flavour } = engine.endpoint
  if (!address.startsWith('unix:') || !info.DockerRootDir) return null
  if (flavour !== 'docker-engine' && flavour !== 'rootless' && flavour !== 'unknown') return null
  try {
    const { bavail, bsize } = await statfs(info.DockerRootDir)
    return bavail * bsize
  } catch {
    return null
  }
}
