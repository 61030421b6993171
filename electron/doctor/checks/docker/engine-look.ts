import { z } from 'zod'
import { findEndpoint } from '../../../docker/endpoint.ts'
import { call, type Engine, getJson, openEngine } from '../../../docker/engine.ts'
import type { DoctorContext } from '../../check.ts'
import { perLook } from './memo.ts'

/** Milliseconds for one question; the checks themselves have five seconds. */
export const QUESTION = 4000

const infoSchema = z.object({
  Architecture: z.string().nullish(),
  DockerRootDir: z.string().nullish(),
  SystemTime: z.string().nullish(),
})
const versionSchema = z.object({ ApiVersion: z.string().nullish(), MinAPIVersion: z.string().nullish() })

/** What a running engine says of itself beside `facts.docker()`. */
export type EngineLook = {
  engine: Engine
  arch: string | null
  /** Where it keeps its images, as it sees its own file system. */
  root: string | null
  /** Milliseconds that its clock is ahead of ours; null: it does not tell the time. */
  ahead: number | null
  api: string | null
  leastApi: string | null
}

/** Asks the engine that runs; null where none does, or where it does not answer. Throws for the signal alone. */
export const lookAtEngine = perLook(async (context, signal): Promise<EngineLook | null> => {
  const { state } = await context.facts.docker()
  if (state !== 'running') return null
  try {
    const endpoint = await findEndpoint(context.sys, context.places)
    const engine = await openEngine(endpoint, { signal, timeout: QUESTION })
    const [timed, version] = await Promise.all([askInfo(context, engine, signal), ask(engine, '/version', signal)])
    const { ApiVersion, MinAPIVersion } = versionSchema.parse(version)
    return { engine, ...timed, api: ApiVersion ?? null, leastApi: MinAPIVersion ?? null }
  } catch {
    signal.throwIfAborted()
    // It answered a moment ago; what it no longer says is not made up.
    return null
  }
})

async function askInfo(
  { now }: DoctorContext,
  engine: Engine,
  signal: AbortSignal,
): Promise<Pick<EngineLook, 'arch' | 'root' | 'ahead'>> {
  const before = now()
  const info = infoSchema.parse(await ask(engine, '/info', signal))
  const ours = (before + now()) / 2
  const theirs = Date.parse(info.SystemTime ?? '')
  return {
    arch: info.Architecture ?? null,
    root: info.DockerRootDir ?? null,
    ahead: Number.isNaN(theirs) ? null : theirs - ours,
  }
}

/** One question by GET. Errors as `call`. */
export const ask = (engine: Engine, path: string, signal: AbortSignal, timeout = QUESTION): Promise<unknown> =>
  call(engine, signal, (abortSignal) => getJson(engine.docker, path, abortSignal), timeout)
