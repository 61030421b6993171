// A pull of many events, replayed by a stand-in for the Docker engine, shown by the real window. Not a command.
import { createServer } from 'node:http'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Stop } from '../lib.mjs'
import { open } from './sample.mjs'

const IMAGE = 'golang:1.26-alpine'
const LAYERS = 12
const LINES_AT_ONCE = 200
/** Milliseconds between two writes: 100,000 lines take some ten seconds. */
const PAUSE = 20

/** The lines of a pull of LAYERS layers, as the engine writes them. */
function* pullLines(events) {
  const ids = Array.from({ length: LAYERS }, (_, index) => (0xabc000 + index).toString(16).padStart(12, '0'))
  const total = 60_000_000
  for (const id of ids) yield { status: 'Pulling fs layer', progressDetail: {}, id }
  const steps = Math.ceil((events - 2 * LAYERS - 2) / LAYERS)
  for (let step = 1; step <= steps; step++)
    for (const id of ids) {
      const half = step <= steps / 2
      const current = Math.round((total * (half ? step : step - steps / 2)) / (steps / 2))
      const status = half ? 'Downloading' : 'Extracting'
      yield { status, progressDetail: { current: Math.min(total, current), total }, id }
    }
  for (const id of ids) yield { status: 'Pull complete', progressDetail: {}, id }
  yield { status: `Digest: sha256:${'0'.repeat(64)}` }
  yield { status: `Status: Downloaded newer image for ${IMAGE}` }
}

/** A promise and what settles it (Node 20 has no Promise.withResolvers). */
function moment() {
  let resolve = () => {}
  const promise = new Promise((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

/** Answers what a check of the machine and a pull ask; everything else is unknown to it. */
async function engine(folder, events) {
  await mkdir(folder, { recursive: true })
  const began = moment()
  const shown = moment()
  const finished = moment()
  const stream = async (response) => {
    began.resolve()
    response.writeHead(200, { 'content-type': 'application/json' })
    let told = 0
    let text = ''
    for (const entry of pullLines(events)) {
      text += `${JSON.stringify(entry)}\r\n`
      // The layers are named; however few events follow, they come when somebody looks.
      const named = ++told === LAYERS
      if (!named && told % LINES_AT_ONCE > 0) continue
      response.write(text)
      text = ''
      await (named ? shown.promise : sleep(PAUSE))
    }
    response.end(text)
    finished.resolve({ at: performance.now(), told })
  }
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v\d+\.\d+/, '').replace(/\?.*/, '')
    const json = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json', 'api-version': '1.47' })
      response.end(JSON.stringify(value))
    }
    if (path === '/_ping') return json(200, 'OK')
    if (path === '/version') return json(200, { Version: '27.0.0', ApiVersion: '1.47', Components: [] })
    if (path === '/info') return json(200, { ServerVersion: '27.0.0', OSType: 'linux', Architecture: 'x86_64' })
    if (path === '/images/create') return void stream(response)
    return json(404, { message: `No such thing: ${path}` })
  })
  await new Promise((resolve) => server.listen(join(folder, 'docker.sock'), resolve))
  return {
    began: began.promise,
    /** Lets the events come. */
    play() {
      shown.resolve()
      return performance.now()
    },
    finished: finished.promise,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

// Counts what arrives and watches for long tasks, beside the page's own listener.
const WATCH = `(() => {
  const seen = { at: [], longest: 0 }
  window.benchmark = seen
  window.goready.onTask(() => seen.at.push(performance.now()))
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration)
  }).observe({ type: 'longtask' })
})()`

const START = `(async () => {
  const answer = await window.goready.request('plan.make', { profile: ${JSON.stringify({ version: 1, image: IMAGE })} })
  if (!answer.ok) return answer.error
  const run = await window.goready.request('plan.apply', { planId: answer.value.id })
  if (!run.ok) return run.error
  const profile = ${JSON.stringify({ version: 1, image: IMAGE })}
  const draft = { page: 'run', profile, opened: null, taskId: run.value.taskId, runId: null }
  const saved = await window.goready.request('draft.save', draft)
  return saved.ok ? null : saved.error
})()`

/**
 * Replays a pull of `events` lines while the window shows the run, and answers what reached the window:
 * `messages`, the most in any second, and the longest task of the page's thread in milliseconds (0: none over 50).
 */
export async function replay({ argv, system, env, events }) {
  const docker = await engine(join(system, 'var', 'run'), events)
  const { tools, end } = open(argv, env)
  try {
    await untilReady(tools)
    const refused = await tools.evaluate(START)
    if (refused !== null) throw new Stop(`The run was refused: ${JSON.stringify(refused)}`)
    await within(docker.began, 'the run pulls nothing')
    // The page that shows a run comes back to it after a reload: this is how the window gets there without clicks.
    await tools.reload()
    await untilReady(tools)
    await tools.evaluate(SHOWN)
    await tools.evaluate(WATCH)
    const began = docker.play()
    const finished = await docker.finished
    await sleep(300)
    const seen = await tools.evaluate('window.benchmark')
    return {
      events: finished.told,
      ms: finished.at - began,
      messages: seen.at.length,
      perSecond: busiest(seen.at),
      longestTask: seen.longest,
    }
  } finally {
    docker.close()
    await end()
  }
}

// One bar for each layer: what the events change is on the screen.
const SHOWN = `(async () => {
  for (let left = 200; document.querySelectorAll('[role=progressbar]').length < ${LAYERS}; left--) {
    if (left === 0) throw new Error('the window does not show the layers')
    await new Promise((done) => setTimeout(done, 20))
  }
})()`

/** Throws a Stop with `reason` when nothing comes for a minute. */
const within = (promise, reason) =>
  Promise.race([
    promise,
    sleep(60_000, undefined, { ref: false }).then(() => {
      throw new Stop(reason)
    }),
  ])

const untilReady = (tools) =>
  tools.evaluate(`(async () => {
    while (!document.querySelector('h1')?.textContent) await new Promise((done) => setTimeout(done, 20))
  })()`)

/** The most of `times` within any 1,000 ms. */
function busiest(times) {
  let most = 0
  let from = 0
  for (let to = 0; to < times.length; to++) {
    while (times[to] - times[from] >= 1000) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
