// One start of a program with a window: when it painted, when it could be used, what it needs. Not a command.
import { spawn } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PIPED, devtools } from './devtools.mjs'

// Painted: the first contentful paint. Usable: the heading stands in the page, a frame with it was drawn, and the
// page's thread had time for a message after that. Both on the clock of the machine, in milliseconds.
const TIMES = `(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = done
    port2.postMessage(0)
  }))
  while (!document.querySelector('h1')?.textContent) await frame()
  await frame()
  const usable = performance.timeOrigin + performance.now()
  const paint = await new Promise((done) => new PerformanceObserver((list) => {
    const first = list.getEntriesByName('first-contentful-paint')[0]
    if (first) done(performance.timeOrigin + first.startTime)
  }).observe({ type: 'paint', buffered: true }))
  return { usable, paint }
})()`

/** Milliseconds until the memory is read: the garbage of the start is collected then. */
const SETTLE = 2_500

/** A program that was started with its window's protocol on a pipe. `end` asks it to quit, then insists. */
export function open(argv, env) {
  const started = Date.now()
  const child = spawn(argv[0], ['--remote-debugging-pipe', ...argv.slice(1)], { env, stdio: PIPED })
  const over = new Promise((resolve) => child.on('close', resolve))
  child.stdout.resume()
  child.stderr.resume()
  const end = async () => {
    child.kill('SIGTERM')
    const insist = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await over
    clearTimeout(insist)
  }
  return { child, started, tools: devtools(child), end }
}

/** Starts it, measures, ends it: `{ paint, usable }` in milliseconds from the start, `memory` in bytes. */
export async function sample(argv, env) {
  const { child, started, tools, end } = open(argv, env)
  try {
    const times = await tools.evaluate(TIMES)
    await sleep(SETTLE)
    return { paint: times.paint - started, usable: times.usable - started, memory: memoryOf(child.pid) }
  } finally {
    await end()
  }
}

/** The proportional set size of a process and all below it, in bytes. */
function memoryOf(pid) {
  const children = new Map()
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(field(`/proc/${name}/status`, /^PPid:\s*(\d+)/m))
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  let sum = 0
  for (const todo = [pid]; todo.length > 0; ) {
    const one = todo.pop()
    sum += Number(field(`/proc/${one}/smaps_rollup`, /^Pss:\s*(\d+) kB/m)) * 1024
    todo.push(...(children.get(one) ?? []))
  }
  return sum
}

function field(path, pattern) {
  try {
    return pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? 0
  } catch {
    // It has ended meanwhile.
    return 0
  }
}
