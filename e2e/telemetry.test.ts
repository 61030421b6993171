import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { METRICS } from '../electron/telemetry/metrics.ts'
import { type Desk, goready, labProfile, type Outcome, profile, type RunOptions } from './harness.ts'
import { type Certificates, makeCertificates } from './lab/certificates.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { projectRoot } from './lab/cache.ts'
import { plain } from './telemetry/otlp-shape.ts'
import { type Manner, type Receiver, startReceiver } from './telemetry/receiver.ts'

const run = promisify(execFile)
let lab: Lab
let desk: Desk
let certificates: Certificates
let folder: string
let count = 0
const open: Receiver[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goready-telemetry-'))
  certificates = await makeCertificates(join(folder, 'tls'), ['IP:127.0.0.1'])
  lab = await startLab()
})
afterAll(async () => {
  await lab.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  const dir = join(folder, `desk${count++}`)
  desk = { dir, home: join(dir, 'home'), root: join(dir, 'root'), catalogue: lab.catalogue }
  mkdirSync(desk.home, { recursive: true })
  mkdirSync(desk.root)
})
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.stop()
})

async function receiver(manner: Manner = {}, tls: Certificates | null = null): Promise<Receiver> {
  const one = await startReceiver(manner, tls)
  open.push(one)
  return one
}
const apply = async (content: Record<string, unknown>, options: RunOptions = {}): Promise<Outcome> =>
  goready(desk, ['apply', '--profile', await profile(desk, content), '--yes', '--json'], options)
/** A profile that needs no server. */
const light = (otlp: string | null, extra: Record<string, unknown> = {}) => ({
  env: { set: { GREETING: `hello${count}` }, shells: ['bash'] },
  ...(otlp === null ? {} : { telemetry: { otlp } }),
  ...extra,
})
const logOf = (home: string): string => join(home, '.local/state/goready/log/goready.jsonl')
type Line = {
  time: string
  event: string
  run: string
  trace: string
  span: string
  step: string | null
  ms: number | null
}
const linesOf = (home: string): Line[] =>
  readFileSync(logOf(home), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Line => JSON.parse(line))
const findings = (outcome: Outcome): string => JSON.stringify(outcome.events.filter(({ type }) => type === 'done'))

test('a run with an image is a trace whose steps, layers and numbers are those of its log', async () => {
  const to = await receiver()
  const home = join(desk.dir, 'home')
  const path = await profile(desk, labProfile(lab, { telemetry: { otlp: to.url } }))
  const outcome = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home })
  expect(outcome.code, outcome.stderr).toBe(0)
  expect(to.problems).toEqual([])
  const lines = linesOf(home)
  const [root] = to.spans.filter(({ parentSpanId }) => parentSpanId === undefined)
  expect(new Set(to.spans.map(({ traceId }) => traceId))).toEqual(new Set(lines.map(({ trace }) => trace)))
  expect(new Set(lines.map(({ run: name }) => name)).size).toBe(1)
  // Each step of the log is a span below the run, and lasts as long.
  const steps = lines.filter(({ event }) => event === 'step.end')
  expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['files', 'reload', 'pull', 'verify-image']))
  for (const { span, step, ms } of steps) {
    const sent = to.spans.find(({ spanId }) => spanId === span)
    expect(sent).toMatchObject({ name: `step.${step}`, parentSpanId: root?.spanId })
    const took = Number(BigInt(sent?.endTimeUnixNano ?? '0') - BigInt(sent?.startTimeUnixNano ?? '0')) / 1e6
    expect(Math.abs(took - (ms ?? NaN))).toBeLessThan(1)
  }
  const names = to.spans.map(({ name }) => name)
  for (const name of ['file', 'handler', 'layer', 'setting', 'plan']) expect(names).toContain(name)
  const ids = new Set(to.spans.map(({ spanId }) => spanId))
  for (const { parentSpanId } of to.spans) if (parentSpanId !== undefined) expect(ids).toContain(parentSpanId)
  // And the numbers say the same.
  const known = new Map(Object.values(METRICS).map((metric) => [metric.name as string, metric.unit as string]))
  for (const { name, unit } of to.metrics) expect(known.get(name)).toBe(unit)
  const points = (name: string) =>
    to.metrics.flatMap((metric) => (metric.name === name && 'sum' in metric ? metric.sum.dataPoints : []))
  expect(points('goready.runs').map((point) => plain(point.attributes))).toEqual([
    { 'goready.kind': 'apply', 'goready.outcome': 'done', 'goready.changed': true },
  ])
  const layers = to.spans.filter(({ name }) => name === 'layer')
  const bytes = layers.reduce((sum, { attributes }) => sum + Number(plain(attributes)['goready.bytes'] ?? 0), 0)
  expect(Number(points('goready.download.size')[0]?.asInt)).toBeGreaterThan(bytes / 2)
  // The lab's catalogue is a file that somebody named: its mirrors are nobody's that everybody knows.
  expect(plain(points('goready.download.size')[0]?.attributes ?? [])).toEqual({
    'goready.what': 'image',
    'goready.mirror': 'own',
  })
  // The second run finds all as it is to be: it is told, and leaves nothing behind.
  const before = statSync(logOf(home)).mtimeMs
  const again = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home })
  expect(again.code).toBe(0)
  expect(statSync(logOf(home)).mtimeMs).toBe(before)
  expect(points('goready.runs').map((point) => plain(point.attributes)['goready.changed'])).toEqual([true, false])
  expect((await goready(lab, ['uninstall', '--yes', '--json'], { home })).code).toBe(0)
  expect(existsSync(logOf(home))).toBe(false)
  await lab.docker('image', 'prune', '--all', '--force')
})

test('without a collector in the profile nothing is sent, whatever the environment says', async () => {
  const to = await receiver()
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: to.url,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${to.url}/v1/traces`,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'otlp',
    HTTP_PROXY: to.url,
    HTTPS_PROXY: to.url,
    ALL_PROXY: to.url,
  }
  expect((await apply(light(null), { env })).code).toBe(0)
  expect(to.connections()).toBe(0)
  // And in a network of its own, where every try to connect and every question for a name is counted.
  const path = await profile(desk, light(null, { env: { set: { ANOTHER: 'value' }, shells: ['bash'] } }))
  const command = [process.execPath, join(projectRoot(), 'out/node/cli.js'), 'apply', '--profile', path, '--yes']
  const script = 'ip link set lo up && ip route add default dev lo && "$@" >&2; cat /proc/net/snmp'
  const places = ['--home', desk.home, '--root', desk.root]
  const { stdout } = await run('unshare', ['--net', '--', 'sh', '-c', script, 'sh', ...command, ...places], {
    cwd: desk.dir,
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
  })
  const counters = (name: string): Record<string, string> => {
    const [keys = [], values = []] = stdout.split('\n').flatMap((line) => {
      const [head, ...rest] = line.split(' ')
      return head === `${name}:` ? [rest] : []
    })
    return Object.fromEntries(keys.map((key, at) => [key, values[at] ?? '']))
  }
  expect(counters('Tcp')).toMatchObject({ ActiveOpens: '0' })
  expect(counters('Udp')).toMatchObject({ OutDatagrams: '0' })
  expect(readFileSync(join(desk.home, '.config/goready/env.sh'), 'utf8')).toContain('ANOTHER')
})

test('where a collector is named the environment adds nothing to what is sent, and leads it nowhere else', async () => {
  const [to, other] = [await receiver(), await receiver()]
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: other.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=hush',
    HTTP_PROXY: other.url,
  }
  expect((await apply(light(to.url), { env })).code).toBe(0)
  expect(to.requests()).toBe(2)
  expect(other.connections()).toBe(0)
  expect(to.raw.join('')).not.toContain('hush')
})

test.each<[string, Manner]>([
  ['hangs', { hang: true }],
  ['asks for more time than there is', { first: [429, 429], headers: { 'retry-after': '60' } }],
])('a collector that %s costs two seconds at most, and the run says so', async (_, manner) => {
  const to = await receiver(manner)
  const outcome = await apply(light(to.url))
  expect(outcome.code).toBe(0)
  expect(findings(outcome)).toContain('plan:telemetry.unsent')
  const [end, unsent] = linesOf(desk.home).slice(-2)
  expect([end?.event, unsent?.event]).toEqual(['run.end', 'telemetry.unsent'])
  // A busy machine may be late by itself.
  expect(Date.parse(unsent?.time ?? '') - Date.parse(end?.time ?? '')).toBeLessThan(4000)
})

test('a redirect is not followed, a short 429 is tried again, and a dead collector is told of', async () => {
  const elsewhere = await receiver()
  const leads = await receiver({ first: [307, 307], headers: { location: `${elsewhere.url}/v1/traces` } })
  expect(findings(await apply(light(leads.url)))).toContain('HTTP 307')
  expect([leads.requests(), elsewhere.connections()]).toEqual([2, 0])
  const busy = await receiver({ first: [429, 429], headers: { 'retry-after': '1' } })
  expect((await apply(light(busy.url))).code).toBe(0)
  expect(busy.requests()).toBeGreaterThan(2)
  await leads.stop()
  open.splice(open.indexOf(leads), 1)
  expect(findings(await apply(light(leads.url)))).toContain('ECONNREFUSED')
})

test('TLS: an authority that the machine does not know gets nothing, one that it knows gets all', async () => {
  const to = await receiver({}, certificates)
  expect(findings(await apply(light(to.url)))).toContain('plan:telemetry.unsent')
  expect(to.requests()).toBe(0)
  const env = { SSL_CERT_FILE: certificates.ca }
  expect(findings(await apply(light(to.url), { env }))).not.toContain('unsent')
  expect([to.requests(), to.problems]).toEqual([2, []])
})

test('a plain address elsewhere is refused with its line; the plan names the collector', async () => {
  const refused = await apply(light('http://collector.example:4318'))
  expect(refused.code).toBe(2)
  expect(JSON.stringify(refused.events)).toContain('collector-scheme')
  const path = await profile(desk, light('https://collector.example:4318'))
  const shown = await goready(desk, ['plan', '--profile', path, '--lang', 'en'])
  expect(shown.stdout).toContain('sent to collector.example:4318')
})

test('no secret and no name of anybody is in what is sent, nor in the log, whether a run goes well or fails by them', async () => {
  const to = await receiver()
  const secrets = ['hushhush1234', 'tok_hushhush5678']
  writeFileSync(join(desk.home, '.npmrc'), `//registry.school.example/:_authToken=${secrets[1]}\n`)
  writeFileSync(join(desk.home, '.netrc'), `machine proxy.school.example login chen password ${secrets[0]}\n`)
  // A proxy that is not there, with a password on the way to it, and secrets where a program would print them.
  const env = {
    HTTPS_PROXY: `http://chen:${secrets[0]}@127.0.0.1:9`,
    API_TOKEN: secrets[1] ?? '',
    GOPROXY: `https://chen:${secrets[0]}@proxy.school.example`,
  }
  const common = { policy: { timeout: '1s', retries: 0 }, telemetry: { otlp: to.url } }
  const well = await apply(
    {
      ...common,
      env: { set: { MY_TOKEN: secrets[1], DB_PASSWORD: secrets[0] }, shells: ['bash'] },
      sources: { npm: 'https://registry.school.example' },
    },
    { env },
  )
  expect(well.code, well.stderr).toBe(0)
  const sources = {
    ...labProfile(lab),
    ...common,
    pull: 'direct',
    sources: { docker: ['https://registry.school.example'] },
  }
  const path = await profile(desk, { ...sources, env: { set: { MORE_TOKEN: secrets[1] } } }, 'fails.yml')
  const failed = await goready(lab, ['apply', '--profile', path, '--yes', '--json'], { home: desk.home, env })
  expect(failed.code).toBe(1)
  expect((await goready(desk, ['undo', '--json'])).code).toBe(0)
  const log = readFileSync(logOf(desk.home), 'utf8')
  expect(linesOf(desk.home).flatMap(({ event }) => (event === 'run.end' ? event : []))).toHaveLength(3)
  const sent = to.raw.join('\n')
  expect(to.problems).toEqual([])
  const codes = to.spans.map(({ attributes }) => plain(attributes)['error.type'])
  expect(codes).toContain('registry-unreachable')
  for (const secret of secrets) for (const text of [sent, log]) expect(text).not.toContain(secret)
  for (const name of ['school.example', desk.home]) for (const text of [sent, log]) expect(text).not.toContain(name)
  expect(sent).not.toContain('chen')
})
