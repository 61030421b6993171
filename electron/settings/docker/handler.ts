import { setTimeout as sleep } from 'node:timers/promises'
import type { DockerState } from '../../contract/machine.ts'
import { causeText, CodedError, errno } from '../../core/errors.ts'
import type { Handler } from '../../core/setting.ts'
import type { Reader, System } from '../../core/system.ts'
import { PLAIN_PATH, programAt } from '../find-program.ts'
import { isMirror, MIRRORS_KEY, mirrorsIn, sameMirrors } from './mirrors.ts'
import { daemonJsonFormat } from './text.ts'

export type DockerHandlerParts = {
  /** Tells the daemon that reads `path` to read it again. Throws `docker-reload-failed` or `needs-admin`. */
  reload(sys: System, path: string, signal: AbortSignal): Promise<void>
  state(sys: Reader, signal: AbortSignal): Promise<DockerState>
  /** The daemon's program, for `--validate`; null: not found. By default the first in the usual folders. */
  daemon?(sys: Reader): Promise<string | null>
  /** Milliseconds between two looks, and until we give up. */
  every?: number
  most?: number
  /** Milliseconds after which a daemon that runs, but with other mirrors, counts as having refused the file. */
  refusal?: number
}

/**
 * Reloads the Docker daemon after a change of its daemon.json and waits until it is well and shows the
 * file's mirrors. A daemon that does not run needs nothing: it reads the file when it starts.
 */
export function dockerHandler(parts: DockerHandlerParts): Handler {
  const { every = 200, most = 20_000, refusal = 8000, daemon = findDaemon } = parts
  return {
    id: 'docker-reload',
    async shown(sys, bytes, signal) {
      const now = await parts.state(sys, signal)
      if (now.state !== 'running' || now.mirrors.length === 0) return bytes
      try {
        if (mirrorsIn(bytes) !== null) return bytes
        return daemonJsonFormat.edit(bytes, [{ key: MIRRORS_KEY, after: now.mirrors }])
      } catch {
        // A file that does not parse is refused by the daemon itself.
        return bytes
      }
    },
    async interim(sys, from, to, signal) {
      // dockerd keeps its mirrors when the key merely disappears: it has to see an empty list once.
      const old = mirrorsOrNull(from) ?? []
      if (old.length === 0) return null
      const now = await parts.state(sys, signal)
      // One that refused the old list (or is stopped) has nothing to forget, and would refuse an empty one too.
      if (now.state === 'running' && !sameMirrors(now.mirrors, old)) return null
      try {
        if (mirrorsIn(to) !== null) return null
        return daemonJsonFormat.edit(to, [{ key: MIRRORS_KEY, after: [] }])
      } catch {
        // What is to come back does not parse; a daemon would refuse it with or without our key.
        return null
      }
    },
    async notice(sys, path, bytes, signal, way) {
      const before = await parts.state(sys, signal)
      if (before.state === 'not-running' || before.state === 'not-installed') return
      // What stood there before was refused before: it is given back as it was, and the daemon goes on as it did.
      if (way === 'back' && !hasForm(bytes)) return
      try {
        if (bytes !== null) await validate(sys, await daemon(sys), path, signal)
      } catch (error) {
        if (way === 'back' && error instanceof CodedError && error.code === 'docker-refused-config') return
        throw error
      }
      await parts.reload(sys, path, signal)
      const wanted = mirrorsOrNull(bytes)
      const begin = performance.now()
      for (;;) {
        const now = await parts.state(sys, signal)
        if (now.state === 'running' && (wanted === null || sameMirrors(now.mirrors, wanted))) return
        if (now.state === 'no-permission') throw new CodedError('docker-no-permission', { endpoint: now.endpoint })
        // A reload takes a moment; a daemon that refuses a file says so in its log alone and goes on as before.
        if (performance.now() - begin > (now.state === 'running' ? Math.min(refusal, most) : most))
          throw givenUp(now, path)
        await sleep(every, undefined, { signal })
      }
    },
  }
}

/** Whether the daemon can take the file: JSON, with mirrors as it wants them. */
function hasForm(bytes: Uint8Array | null): boolean {
  try {
    const mirrors = daemonJsonFormat.read(bytes).get(MIRRORS_KEY) ?? []
    return Array.isArray(mirrors) && mirrors.every((one) => typeof one === 'string' && isMirror(one, false))
  } catch {
    return false
  }
}

async function findDaemon(sys: Reader): Promise<string | null> {
  for (const folder of PLAIN_PATH.split(':')) {
    const path = `${folder}/dockerd`
    if ((await programAt(sys, path)) !== null) return path
  }
  return null
}

function givenUp(now: DockerState, path: string): CodedError {
  return now.state === 'running'
    ? new CodedError('docker-refused-config', { path }, `registry mirrors: ${now.mirrors.join(' ') || '-'}`)
    : new CodedError('docker-reload-failed', { path }, now.cause ?? now.state)
}

function mirrorsOrNull(bytes: Uint8Array | null): readonly string[] | null {
  try {
    return mirrorsIn(bytes)
  } catch {
    return null
  }
}

/** `dockerd --validate` exists from 23.0; an older one says that it does not know the flag, and that is no verdict. */
async function validate(sys: System, daemon: string | null, path: string, signal: AbortSignal): Promise<void> {
  if (daemon === null) return
  try {
    const answer = await sys.query([daemon, '--validate', `--config-file=${path}`], { timeout: 10_000, signal })
    const text = `${answer.stderr}${answer.stdout}`.trim()
    if (answer.code === 0 || /unknown flag/.test(text)) return
    // dockerd checks who it runs as first; that says nothing about the file.
    if (/needs to be started with root|permission denied/i.test(text)) return
    throw new CodedError('docker-refused-config', { path }, text.slice(0, 2000))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof CodedError) throw error
    if (errno(error) === null) throw new CodedError('docker-reload-failed', { path }, causeText(error))
  }
}
