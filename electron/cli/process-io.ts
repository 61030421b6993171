import type { Io } from './io.ts'

/**
 * The process's own streams. What nobody reads any more (`goready … | head`) is dropped and the work goes on.
 * `written` resolves when everything is out: whoever ends the process waits for it.
 */
export function processIo(): Io & { written(): Promise<void> } {
  const { stdin, stdout, stderr, env } = process
  for (const stream of [stdout, stderr]) stream.on('error', () => {})
  return {
    stdin,
    stdout,
    stderr,
    environment: env,
    written: async () => {
      await Promise.all([flushed(stdout), flushed(stderr)])
    },
  }
}

/** A pipe takes what fits and the rest later. The callback comes behind everything before it, or with an error. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve()
    else stream.write('', () => resolve())
  })
