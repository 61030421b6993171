import type { Layer } from '../contract/image.ts'
import type { TaskEvent } from '../contract/task.ts'
import { assertNever } from '../core/errors.ts'
import type { Io } from './io.ts'
import type { Output } from './output.ts'
import { raceLines, raceSummary } from './race-view.ts'
import { bar } from './table.ts'
import { sizeText } from './text.ts'

const REDRAW = 100

type Progress = Extract<TaskEvent, { type: 'progress' }>

/** One layer of a pull as a line. The words come last: how wide they are differs by language. */
export function layerLine(layer: Layer, state: string): string {
  const name = layer.id.padEnd(12).slice(0, 12)
  const over = layer.state === 'done' || layer.state === 'exists'
  const known = layer.current !== null && layer.total !== null && layer.total > 0
  const fraction = over ? 1 : known ? (layer.current ?? 0) / (layer.total ?? 1) : null
  const bytes = known && !over ? `${sizeText(layer.current ?? 0)} / ${sizeText(layer.total ?? 0)}  ` : ''
  return `  ${name} ${bar(fraction)} ${bytes}${state}`
}

/**
 * Shows a task's events: JSON events for programs, bars that are redrawn on a terminal,
 * plain lines (one every tenth) elsewhere. Answers the listener and how to end the drawing.
 */
export function showProgress(io: Io, output: Output): { listen(event: TaskEvent): void; end(): void } {
  const { text } = output
  let heading = ''
  let drawn = 0
  let drawnAt = 0
  let tenth = -1
  let phase = ''
  const clear = () => {
    if (drawn > 0) io.stdout.write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }
  /** Lines that the next picture replaces. The terminal itself cuts what is too wide, or the count would be wrong. */
  const picture = (lines: readonly string[]) => {
    clear()
    io.stdout.write(`\u001b[?7l${lines.map((entry) => `${output.shown(entry)}\n`).join('')}\u001b[?7h`)
    drawn = lines.length
  }
  const summary = (event: Progress): string => {
    const percent = event.fraction === null ? '' : `${Math.floor(event.fraction * 100)}%`.padStart(4)
    const current = sizeText(event.bytes ?? 0)
    const total = event.totalBytes === undefined ? '?' : sizeText(event.totalBytes)
    const start = `${bar(event.fraction)}${percent}  `
    // What is not counted in bytes says itself how far it is.
    if (event.bytes === undefined && event.totalBytes === undefined) return start + text.note(event.note)
    // All bytes are here: what is left is unpacking, and a speed would only sink.
    if (event.totalBytes !== undefined && event.bytes === event.totalBytes)
      return start + text.say('step:unpacking', { total })
    const left =
      event.left === null || event.left === undefined ? '?' : text.say('step:seconds', { n: Math.ceil(event.left) })
    return start + text.say('step:progress', { current, total, speed: sizeText(event.speed ?? 0), left })
  }
  const draw = (event: Progress) => {
    if (Date.now() - drawnAt < REDRAW && event.fraction !== 1) return
    drawnAt = Date.now()
    const room = Math.max(0, (io.stdout.rows || 24) - 4)
    if (event.race) return picture([heading, ...raceLines(event.race, output, room)])
    const layers = (event.layers ?? []).slice(0, room)
    picture([
      heading,
      ...layers.map((layer) => layerLine(layer, text.say(`step:layer.${layer.state}`))),
      summary(event),
    ])
  }
  const plain = (event: Progress) => {
    if (event.race) {
      if (event.race.phase !== phase) output.line(`  ${raceSummary(event.race, text)}`)
      phase = event.race.phase
      return
    }
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
          const name = text.say(`step:${event.step}`)
          if (event.state === 'running') {
            tenth = -1
            heading = `${name} ${output.paint('dim', text.say('step:state.running'))}`
            if (output.terminal) picture([heading])
            else output.line(heading)
            return
          }
          clear()
          const done = event.state === 'done' ? 'green' : event.state === 'failed' ? 'red' : 'dim'
          output.line(`${name} ${output.paint(done, text.say(`step:state.${event.state}`))}`)
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
        case 'waiting':
          clear()
          output.line(text.say('history:waiting', { pid: event.pid }))
          return
        case 'checked':
        case 'seats':
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
