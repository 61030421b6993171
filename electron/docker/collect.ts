import { finished } from 'node:stream/promises'
import { Writable } from 'node:stream'
import { CodedError } from '../core/errors.ts'
import { type ContainerSpec, containerName, createContainer, removeContainer, startContainer } from './container.ts'
import { type Engine, reasonOf } from './engine.ts'
import { engineError } from './errors.ts'

export type Collected = { code: number; stdout: string; stderr: string }

/** Bytes of output that are kept; a checking container says little. */
const KEEP = 256 * 1024

/**
 * Runs a container to its end and answers what it said. It is removed in every case, also on a cancel.
 * Errors: `timeout` {seconds}, `cancelled`, `container-failed` {image}, `image-not-found` {image}.
 */
export async function collect(
  engine: Engine,
  spec: ContainerSpec,
  options: { signal: AbortSignal; timeout: number },
): Promise<Collected> {
  const stop = new AbortController()
  const expire = (): void =>
    stop.abort(new CodedError('timeout', { seconds: options.timeout / 1000, image: spec.image }))
  const cancel = (): void => stop.abort(new CodedError('cancelled'))
  const timer = setTimeout(expire, options.timeout)
  options.signal.addEventListener('abort', cancel, { once: true })
  if (options.signal.aborted) cancel()
  const name = containerName()
  const stdout = sink()
  const stderr = sink()
  try {
    const container = await createContainer(engine, name, spec, stop.signal)
    const session = await startContainer(engine, container, spec, stop.signal)
    engine.docker.modem.demuxStream(session.stream, stdout.stream, stderr.stream)
    const ended = finished(session.stream, { writable: false })
    session.stream.resume()
    const aborted = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(reasonOf(stop.signal)), { once: true })
    })
    const [code] = await Promise.race([Promise.all([session.exit, ended]), aborted])
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  } catch (error) {
    throw engineError(stop.signal.aborted ? reasonOf(stop.signal) : error, { image: spec.image })
  } finally {
    clearTimeout(timer)
    options.signal.removeEventListener('abort', cancel)
    await removeContainer(engine, name)
  }
}

function sink(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = []
  let size = 0
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      if (size < KEEP) chunks.push(chunk)
      size += chunk.length
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).subarray(0, KEEP).toString('utf8') }
}
