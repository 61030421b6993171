import type { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** The streams of the one who asked. In a terminal stdin and stdout are the process's own. */
export type Streams = { stdin: Readable | null; stdout: Writable; stderr: Writable }

/** Where signals come from: `process`, or a double. */
export type SignalSource = Pick<EventEmitter, 'on' | 'removeListener'>

export type WindowSize = { columns: number; rows: number }

/** The size of the terminal behind a stream; null where it is none. */
export function windowSize(stream: Writable): WindowSize | null {
  if (!('columns' in stream) || !('rows' in stream)) return null
  const { columns, rows } = stream
  return typeof columns === 'number' && typeof rows === 'number' && columns > 0 && rows > 0 ? { columns, rows } : null
}

/** Calls back with the size, now and whenever the window changes. Answers how to stop. */
export function followSize(stream: Writable, tell: (size: WindowSize) => void): () => void {
  const listen = (): void => {
    const size = windowSize(stream)
    if (size) tell(size)
  }
  listen()
  stream.on('resize', listen)
  return () => stream.removeListener('resize', listen)
}

/** Switches a terminal to raw mode, so that every key goes to the container. Answers how to switch back. */
export function rawMode(stream: Readable | null): () => void {
  if (!stream || !('setRawMode' in stream) || typeof stream.setRawMode !== 'function') return () => {}
  const { setRawMode } = stream
  setRawMode.call(stream, true)
  return () => {
    setRawMode.call(stream, false)
  }
}
