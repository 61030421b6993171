// Usage: node scripts/test.mjs [format] [lint] [types] [unit] [integration] [window] — sets up, builds, runs the checks and tests (default: all).
import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { Stop, main, root, run, say, tool, tools } from './lib.mjs'
import { checks } from './check.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

const results = join(root, 'test-results')

/** One part: `{ passed, failed, skipped }`. A check counts as one test. */
const check = (name) => async () => counted((await child(checks[name]())) === 0)
const counted = (good) => ({ passed: good ? 1 : 0, failed: good ? 0 : 1, skipped: 0 })

const vitest =
  (project, name = project, flags = []) =>
  async () => {
    const file = join(results, `${name}.json`)
    const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    // What the tests start was built before all of them; a build beside them would take it away for a moment.
    const env = { ...process.env, GOREADY_BUILT: '1' }
    const code = await child(tool(tools.vitest, 'run', '--project', project, ...reports, ...flags), { env })
    return read(file, code, (report) => {
      failedTests(report)
      return {
        passed: report.numPassedTests,
        failed: report.numFailedTests,
        skipped: report.numPendingTests + report.numTodoTests,
      }
    })
  }

/**
 * Files that mostly wait: for dockerd's own retries, for deadlines, for a check-up's parts. They run beside all others,
 * each lane one file after the other; every lab has its own folder, network and engine.
 */
const WAITING = [
  ...[
    'faults',
    'doctor-faults',
    'doctor-cache',
    'doctor-changes',
    'docker-pull',
    'docker-run',
    'direct',
    'history',
    'unattended-resume',
    'patience',
    'telemetry',
    'kit',
    'kit-offline',
    'ansible',
    'auto',
    'authorities',
  ],
].map((name) => `e2e/${name}.test.ts`)

/** Files of the long versions alone (scripts/suite.mjs): they need what is got in minutes. */
const LONG = ['e2e/windows-program.test.ts']

const integration = async () => {
  const others = [...WAITING, ...LONG].flatMap((file) => ['--exclude', file])
  return sumOf([
    vitest('integration', 'integration', others)(),
    vitest('integration', 'integration-waiting', WAITING)(),
  ])
}

/** Adds up what several parts that run side by side ended with. */
const sumOf = async (parts) =>
  (await Promise.all(parts)).reduce((sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed,
    skipped: sum.skipped + one.skipped,
  }))

/** The windows, in two halves side by side: each has a screen of its own, so that none takes the other's focus. */
const playwright = (electron) => () => sumOf([1, 2].map((lane) => windows(electron, lane)))

async function windows(electron, lane) {
  const screen = process.platform === 'linux' ? ['xvfb-run', '-a', '-s', '-screen 0 1280x800x24'] : []
  const env = { ...process.env, GOREADY_ELECTRON: electron, GOREADY_LANE: `-${lane}` }
  const code = await child([...screen, ...tool(tools.playwright, 'test')], { env })
  return read(join(results, `playwright-${lane}.json`), code, (report) => {
    failedWindows(report)
    const { expected, flaky, unexpected, skipped } = report.stats
    return { passed: expected + flaky, failed: unexpected, skipped }
  })
}

// Nothing may wait for somebody at the keyboard.
const child = (argv, options = {}) => run(argv, { stdio: ['ignore', 'inherit', 'inherit'], ...options })

/** What failed, by name and with the beginning of its message: a long log is often cut to its end. */
const failures = []
const PLAIN = /\u001b\[[0-9;]*m/g
const told = (name, message) =>
  failures.push(`${name}\n    ${message.replace(PLAIN, '').split('\n').slice(0, 12).join('\n    ')}`)

function failedTests({ testResults }) {
  for (const { name: file, message, assertionResults } of testResults) {
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    for (const { fullName, failureMessages } of failed)
      told(`${relative(root, file)}: ${fullName}`, failureMessages.join('\n'))
    if (failed.length === 0 && message) told(relative(root, file), message)
  }
}

function failedWindows({ suites = [], specs = [], errors = [] }) {
  for (const { message = '' } of errors) told('window', message)
  for (const { ok, title, file, tests } of specs)
    if (!ok)
      told(
        `${file}: ${title}`,
        tests
          .flatMap(({ results: runs }) => runs.flatMap((one) => one.errors))
          .map(({ message = '' }) => message)
          .join('\n'),
      )
  for (const suite of suites) failedWindows({ ...suite, errors: [] })
}

/** The counts of a report. A run that failed without a failed test (a hook, a crash) counts as one failure. */
function read(file, code, countsOf) {
  let counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    counts = countsOf(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    say(`no report: ${error.message}`)
    return { ...counts, failed: 1 }
  }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

const NAMES = ['format', 'lint', 'types', 'unit', 'integration', 'window']

await main(async (names) => {
  const unknown = names.find((name) => !NAMES.includes(name))
  if (unknown !== undefined) throw new Stop(`Unknown part: ${unknown}. Parts: ${NAMES.join(' ')}`)
  const lab = names.length === 0 || names.includes('integration')
  if (lab && process.platform === 'linux' && process.getuid?.() !== 0)
    throw new Stop(
      'The integration tests start a Docker engine and a network bridge of their own: run them as root.\n' +
        'Without root: npm test -- format lint types unit window',
    )
  const electron = await setUp({ needs: ['modules', 'test', 'electron'] })
  const parts = new Map([
    ['format', check('format')],
    ['lint', check('lint')],
    ['types', check('types')],
    ['unit', vitest('unit')],
    ['integration', integration],
    ['window', playwright(electron)],
  ])
  await build()
  await rm(results, { recursive: true, force: true })
  await mkdir(results, { recursive: true })

  const rows = []
  for (const [name, body] of parts) {
    if (names.length > 0 && !names.includes(name)) continue
    say(`\n── ${name}`)
    const started = Date.now()
    rows.push({ name, seconds: 0, ...(await body()) })
    rows.at(-1).seconds = Math.round((Date.now() - started) / 1000)
  }
  process.stdout.write('\n')
  for (const failure of failures) process.stdout.write(`✕ ${failure}\n`)
  const sum = { passed: 0, failed: 0, skipped: 0 }
  const text = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`
  for (const row of rows) {
    for (const key of Object.keys(sum)) sum[key] += row[key]
    process.stdout.write(`${row.failed === 0 ? '✓' : '✕'} ${row.name.padEnd(12)} ${text(row)} (${row.seconds} s)\n`)
  }
  process.stdout.write(`${text(sum)}\n`)
  return sum.failed > 0 || (Boolean(process.env.CI) && sum.skipped > 0) ? 1 : 0
})
