import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type Docker from 'dockerode'
import { z } from 'zod'
import { askJson, call, type Engine, openStream } from './engine.ts'
import { engineError } from './errors.ts'

export type ContainerSpec = {
  image: string
  argv: readonly [string, ...string[]]
  env: Readonly<Record<string, string>>
  workingDir: string
  /** `uid:gid`; the image's own user when left out. */
  user?: string
  /** `none` cuts the container off. */
  network?: 'none'
  /** Folders in memory, path → mount options. */
  tmpfs?: Readonly<Record<string, string>>
  mounts?: readonly Mount[]
  tty?: boolean
  stdin?: boolean
  /** Of the container's engine: user namespaces or SELinux labels that would hide a mounted folder. */
  host?: Readonly<Record<string, unknown>>
}
export type Mount = { Type: 'bind' | 'volume'; Source: string; Target: string; ReadOnly?: true }

/** A container that runs, with its streams attached from the first byte. */
export type Session = {
  container: Docker.Container
  stream: NodeJS.ReadWriteStream
  /** The exit status. Rejects when the connection breaks. */
  exit: Promise<number>
}

/** Typing this by accident is unlikely; the engine's own default would swallow Ctrl-P. */
const DETACH_KEYS = 'ctrl-@,ctrl-@,ctrl-@'
/** Milliseconds; creating and starting may wait for the disk. */
const START_TIMEOUT = 60_000
const REMOVE_TIMEOUT = 20_000

const createdSchema = z.object({ Id: z.string() })
const exitSchema = z.object({ StatusCode: z.number(), Error: z.object({ Message: z.string() }).nullish() })

/** A name of our own, so that a container can be removed even if the answer to its creation never came. */
export function containerName(): string {
  return `goready-${randomUUID()}`
}

/** Creates a container that the engine removes by itself when it has run. Errors: `container-failed` {image}, `image-not-found`. */
export async function createContainer(
  engine: Engine,
  name: string,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<Docker.Container> {
  const [program, ...args] = spec.argv
  const stdin = spec.stdin ?? false
  const body = {
    Image: spec.image,
    Entrypoint: [program],
    Cmd: args,
    Env: Object.entries(spec.env).map(([key, value]) => `${key}=${value}`),
    WorkingDir: spec.workingDir,
    ...(spec.user === undefined ? {} : { User: spec.user }),
    Labels: { goready: '1' },
    Tty: spec.tty ?? false,
    OpenStdin: stdin,
    StdinOnce: stdin,
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      ...(spec.network === undefined ? {} : { NetworkMode: spec.network }),
      ...(spec.tmpfs === undefined ? {} : { Tmpfs: spec.tmpfs }),
      ...(spec.mounts === undefined ? {} : { Mounts: spec.mounts }),
      ...spec.host,
    },
  }
  const path = '/containers/create'
  const answer = await guard(spec.image, () =>
    call(
      engine,
      signal,
      (abortSignal) => askJson(engine.docker, { path, method: 'POST', query: { name }, body, abortSignal }),
      START_TIMEOUT,
    ),
  )
  return engine.docker.getContainer(createdSchema.parse(answer).Id)
}

/** Attaches, waits and starts, in this order, so that neither output nor exit status can be missed. */
export async function startContainer(
  engine: Engine,
  container: Docker.Container,
  spec: ContainerSpec,
  signal: AbortSignal,
): Promise<Session> {
  const limited = <T>(ask: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    guard(spec.image, () => call(engine, signal, ask, START_TIMEOUT))
  const streams = { stream: true, stdin: spec.stdin ?? false, stdout: true, stderr: true }
  const stream = await limited((abortSignal) =>
    container.attach({ ...streams, hijack: true, detachKeys: DETACH_KEYS, abortSignal }),
  )
  stream.pause()
  const waiting = await limited((abortSignal) =>
    openStream(engine.docker, {
      path: `/containers/${container.id}/wait`,
      method: 'POST',
      query: { condition: 'next-exit' },
      abortSignal,
    }),
  )
  const exit = exitStatus(waiting)
  exit.catch(() => {})
  await limited((abortSignal) => container.start({ abortSignal }))
  return { container, stream, exit }
}

/**
 * Removes a container, running or not, and waits until it is gone: the engine may be removing it already,
 * because it ended. Never throws: the engine may be gone as well.
 */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  const attempt = async (ask: (abortSignal: AbortSignal) => Promise<unknown>): Promise<boolean> => {
    try {
      await call(engine, undefined, ask, REMOVE_TIMEOUT)
      return true
    } catch {
      return false
    }
  }
  const container = engine.docker.getContainer(name)
  if (await attempt((abortSignal) => container.remove({ force: true, v: true, abortSignal }))) return
  await attempt((abortSignal) => container.wait({ condition: 'removed', abortSignal }))
}

async function exitStatus(answer: IncomingMessage): Promise<number> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer) if (chunk instanceof Uint8Array) chunks.push(chunk)
  return exitSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))).StatusCode
}

async function guard<T>(image: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const coded = engineError(error)
    coded.values.image = image
    throw coded
  }
}
