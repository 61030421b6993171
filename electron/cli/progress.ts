import type { Layer } from '../contract/image.ts'
import type { TaskEvent } from '../contract/task.ts'
import { assertNever } from '../core/errors.ts'
import type { Io } from './io.ts'
import type { Output } from './output.ts'
import { sizeText } from './text.ts'

const WIDTH = 24
const REDRAW = 100

type Progress = Extract<TaskEvent, { type: 'progress' }>

/** A bar of `WIDTH` cells; a fraction that is not known is drawn empty. */
export function bar(fraction: number | null): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction ?? 0)) * WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`
}

/** One layer of a pull as a line. */
export function layerLine(layer: Layer): string {
  const name = layer.id.padEnd(12).slice(0, 12)
  const state = layer.state.padEnd(11)
  if (layer.state === 'done' || layer.state === 'exists') return `  ${name} ${state} ${bar(1)}`
  if (layer.current === null || !layer.total) return `  ${name} ${state} ${bar(null)}`
  return `  ${name} ${state} ${bar(layer.current / layer.total)} ${sizeText(layer.current)} / ${sizeText(layer.total)}`
}

/**
 * Shows a task's events: JSON events for programs, bars that are redrawn on a terminal,
 * plain lines (one every tenth) elsewhere. Answers the listener and how to end the drawing.
 */
export function showProgress(io: Io, output: Output): { listen(event: TaskEvent): void; end(): void } {
  const { text } = output
  let drawn = 0
  let drawnAt = 0
  let tenth = -1
  const clear = () => {
    if (drawn > 0) io.stdout.write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }
  const summary = (event: Progress): string => {
    const percent = event.fraction === null ? '' : `${Math.floor(event.fraction * 100)}%`.padStart(4)
    const current = sizeText(event.bytes ?? 0)
    const total = event.totalBytes === undefined ? '?' : sizeText(event.totalBytes)
    const left =
      event.left === null || event.left === undefined ? '?' : text.say('step:seconds', { n: Math.ceil(event.left) })
    return `${bar(event.fraction)}${percent}  ${text.say('step:progress', { current, total, speed: sizeText(event.speed ?? 0), left })}`
  }
  const draw = (event: Progress) => {
    if (Date.now() - drawnAt < REDRAW && event.fraction !== 1) return
    drawnAt = Date.now()
    const rows = Math.max(1, (io.stdout.rows ?? 24) - 2)
    const columns = io.stdout.columns ?? 80
    const lines = [...(event.layers ?? []).map(layerLine).slice(0, rows - 1), summary(event)]
    clear()
    io.stdout.write(lines.map((entry) => `${entry.slice(0, columns - 1)}\n`).join(''))
    drawn = lines.length
  }
  const plain = (event: Progress) => {
    const now = event.fraction === null ? -1 : Math.floor(event.fraction * 10)
    if (now <= tenth) return
    tenth = now
    output.line(`  ${summary(event)}`)
  }
  return {
    listen(event) {
      if (output.json) {
        output.document(event)
        return
      }
      switch (event.type) {
        case 'step': {
          if (event.state === 'running') tenth = -1
          clear()
          const done = event.state === 'done' ? 'green' : event.state === 'failed' ? 'red' : 'dim'
          output.line(`${text.say(`step:${event.step}`)} ${output.paint(done, text.say(`step:state.${event.state}`))}`)
          return
        }
        case 'progress':
          if (output.terminal) draw(event)
          else plain(event)
          return
        case 'log':
          clear()
          output.line(output.paint('dim', `  ${event.line}`))
          return
        case 'ask':
        case 'answered':
        case 'done':
        case 'cancelled':
        case 'failed':
          return
        default:
          assertNever(event)
      }
    },
    // The last picture of the bars stays.
    end() {
      drawn = 0
    },
  }
}
