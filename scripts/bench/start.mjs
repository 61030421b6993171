// Usage: node scripts/bench/start.mjs [--pairs N] [--events N] [--check] — start and memory against a blank window, then a replayed pull; --check fails on a missed goal.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Stop, main, root, say } from '../lib.mjs'
import { setUp } from '../setup.mjs'
import { build } from '../build.mjs'
import { replay } from './replay.mjs'
import { sample } from './sample.mjs'

/** How much of the blank window's figure is allowed. Both times are compared with its first paint. */
const GOALS = [
  { name: 'first paint', key: 'paint', against: 'paint', most: 1.15, unit: 'ms' },
  { name: 'usable', key: 'usable', against: 'paint', most: 1.3, unit: 'ms' },
  { name: 'memory', key: 'memory', against: 'memory', most: 1.25, unit: 'MB' },
]
const LIMITS = { messages: 60, task: 50 }

function options(args) {
  const spec = { pairs: { type: 'string' }, events: { type: 'string' }, check: { type: 'boolean' } }
  let values
  try {
    values = parseArgs({ args, options: spec }).values
  } catch (error) {
    throw new Stop(error.message)
  }
  const number = (name, fallback) => {
    const value = Number(values[name] ?? fallback)
    if (!Number.isInteger(value) || value < 1) throw new Stop(`--${name} takes a whole number from 1`)
    return value
  }
  return { pairs: number('pairs', 20), events: number('events', 100_000), check: values.check === true }
}

/** The screen that is there, else one of our own. */
async function display(folder) {
  const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' }
  const { DISPLAY, XAUTHORITY } = process.env
  if (DISPLAY) return { env: { ...env, DISPLAY, ...(XAUTHORITY ? { XAUTHORITY } : {}) }, end: () => {} }
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const number = await new Promise((resolve, reject) => {
    server.stdout.once('data', (text) => resolve(String(text).trim()))
    server.once('error', reject)
    server.once('close', () => reject(new Stop('Xvfb does not start.')))
  })
  return { env: { ...env, DISPLAY: `:${number}` }, end: () => server.kill() }
}

const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** The arguments of the checkout's program with places of its own. */
async function program(electron, folder, name) {
  const [home, system] = [join(folder, `${name}-home`), join(folder, `${name}-root`)]
  await mkdir(home, { recursive: true })
  await mkdir(system, { recursive: true })
  return { system, argv: [electron, ...sandbox, root, '--home', home, '--root', system, '--lang', 'zh-CN'] }
}

async function starts(electron, folder, env, pairs) {
  const ours = (await program(electron, folder, 'start')).argv
  const blank = [electron, ...sandbox, join(root, 'scripts', 'bench', 'blank')]
  const found = { ours: [], blank: [] }
  // One pair before the first that counts: caches of the disk and of compiled code.
  for (let pair = 0; pair <= pairs; pair++) {
    // Who comes first changes, so that neither profits from the other.
    const order = pair % 2 === 0 ? ['ours', 'blank'] : ['blank', 'ours']
    const now = {}
    for (const who of order) now[who] = await sample(who === 'ours' ? ours : blank, env)
    say(`${pair === 0 ? 'warm-up' : `pair ${pair}`}: ${line(now.ours)}; blank ${line(now.blank)}`)
    if (pair > 0) for (const who of order) found[who].push(now[who])
  }
  process.stdout.write(`\n${pairs} pairs, medians       GoReady     blank   ratio    goal\n`)
  const missed = GOALS.filter((goal) => !reached(goal, found))
  for (const goal of GOALS) process.stdout.write(`${row(goal, found)}\n`)
  return missed
}

const line = ({ paint, usable, memory }) =>
  `paint ${Math.round(paint)} ms, usable ${Math.round(usable)} ms, ${Math.round(memory / 1e6)} MB`

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)]
}

/** The medians, and the median of the pairs' own ratios: what a pair shares (a busy machine) falls out of it. */
function figures({ key, against }, { ours, blank }) {
  return {
    ours: median(ours.map((one) => one[key])),
    blank: median(blank.map((one) => one[against])),
    ratio: median(ours.map((one, index) => one[key] / blank[index][against])),
  }
}

const reached = (goal, found) => figures(goal, found).ratio <= goal.most

function row(goal, found) {
  const { ours, blank, ratio } = figures(goal, found)
  const show = (value) => `${Math.round(goal.unit === 'MB' ? value / 1e6 : value)} ${goal.unit}`.padStart(10)
  const verdict = reached(goal, found) ? '✓' : '✕'
  return `${verdict} ${goal.name.padEnd(20)}${show(ours)}${show(blank)}${ratio.toFixed(2).padStart(8)}  ≤ ${goal.most}`
}

async function pull(electron, folder, env, events) {
  const { argv, system } = await program(electron, folder, 'pull')
  const result = await replay({ argv, system, env, events })
  const rows = [
    ['messages a second', Math.ceil(result.perSecond), LIMITS.messages, 'at most, in any second'],
    ['longest task', Math.round(result.longestTask), LIMITS.task, 'ms; tasks below 50 ms are not reported'],
  ]
  const took = (result.ms / 1000).toFixed(1)
  process.stdout.write(`\n${result.events} pull events in ${took} s: ${result.messages} messages to the window\n`)
  for (const [name, value, most, note] of rows)
    process.stdout.write(
      `${value <= most ? '✓' : '✕'} ${name.padEnd(20)}${String(value).padStart(10)}  ≤ ${most} (${note})\n`,
    )
  return rows.filter(([, value, most]) => value > most)
}

await main(async (args) => {
  const { pairs, events, check } = options(args)
  const electron = await setUp({ needs: ['modules', process.env.DISPLAY ? 'window' : 'test', 'electron'] })
  await build(['window'])
  const folder = await mkdtemp(join(tmpdir(), 'goready-bench-'))
  const screen = await display(folder)
  try {
    const missed = await starts(electron, folder, screen.env, pairs)
    missed.push(...(await pull(electron, folder, screen.env, events)))
    // What others did meanwhile: above the number of processors, every time here is too long.
    const [load] = loadavg()
    process.stdout.write(`\nload of the last minute ${load.toFixed(1)} on ${availableParallelism()} processors\n`)
    return check && missed.length > 0 ? 1 : 0
  } finally {
    screen.end()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})
