import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CodedError } from '../core/errors.ts'
import { archiveUrl, readMirrors } from './catalogue.ts'

const shipped = readFileSync('assets/mirrors.json', 'utf8')

test('the shipped catalogue parses, and each target has what its users need', () => {
  const { mirrors } = readMirrors(shipped, 'assets/mirrors.json')
  const count = (target: string, status: string) =>
    mirrors.filter((mirror) => mirror.target === target && mirror.status === status).length
  for (const target of ['go', 'docker', 'npm', 'pip', 'apt']) {
    expect(count(target, 'alive'), target).toBeGreaterThan(2)
    // npm, pip and apt are asked for their own default: no address of ours stands for it.
    expect(count(target, 'upstream'), target).toBe(target === 'go' || target === 'docker' ? 1 : 0)
  }
  for (const { status, since, country, url } of mirrors) {
    if (since !== null) expect(status, url).toBe('dead')
    if (status === 'alive') expect(country === 'CN' || country === null, url).toBe(true)
  }
})

test('an apt mirror has each archive under a path of its own', () => {
  const { mirrors } = readMirrors(shipped, 'assets/mirrors.json')
  const tuna = mirrors.find(({ id }) => id === 'tuna-apt')
  if (tuna === undefined) throw new Error('tuna-apt is missing')
  expect(archiveUrl(tuna, 'ubuntu-ports')).toBe('https://mirrors.tuna.tsinghua.edu.cn/ubuntu-ports')
  expect(archiveUrl({ url: 'https://a.example/', paths: { debian: '/debian' } }, 'debian')).toBe(
    'https://a.example/debian',
  )
  expect(archiveUrl({ url: 'https://a.example/', paths: { debian: '/debian' } }, 'ubuntu')).toBeNull()
})

const entry =
  '{"id":"a","target":"go","name":{"zh":"一","en":"a"},"url":"https://a.example","status":"alive","source":"s","date":"2026-11"}'
const file = (...entries: string[]) =>
  `{\n"version": 1,\n"date": "2026-11-22",\n"mirrors": [\n${entries.join(',\n')}\n]\n}`

/** What is said about a broken file. */
function refusal(text: string): { line: unknown; cause: string } {
  try {
    readMirrors(text, '/c.json')
  } catch (error) {
    if (error instanceof CodedError && error.code === 'unparsable-file')
      return { line: error.values.line, cause: error.message }
    throw error
  }
  throw new Error('it was taken')
}

test('what a short entry leaves out is not known', () => {
  const [mirror] = readMirrors(file(entry), 'c').mirrors
  expect(mirror).toMatchObject({ operator: null, country: null, sync: null, limits: null, since: null })
})

test.each([
  ['an unknown key', entry.replace('"id"', '"key":1,"id"'), 'mirrors.1.key'],
  ['an address that is none', entry.replace('https://a.example', 'ftp://a.example'), 'mirrors.1.url: bad-url'],
  ['credentials', entry.replace('https://', 'https://u:p@'), 'mirrors.1.url'],
  ['an unknown limit', entry.replace('"date"', '"limits":[{"key":"slow"}],"date"'), 'mirrors.1.limits.0.key'],
  ['the same id twice', entry, 'mirrors.1.id: given-twice'],
  ['apt without paths', entry.replace('"go"', '"apt"').replace('"a"', '"b"'), 'mirrors.1.paths: apt-paths'],
])('%s is refused with its line and its key', (_, broken, cause) => {
  const said = refusal(file(entry, broken))
  expect(said).toMatchObject({ line: 6 })
  expect(said.cause).toContain(cause)
})

test('broken JSON, another version and a day that is none are refused with their line', () => {
  expect(refusal('{\n!')).toMatchObject({ line: 2 })
  expect(refusal(file(entry).replace('"version": 1', '"version": 2'))).toMatchObject({ line: 2 })
  expect(refusal(file(entry).replace('2026-11-22', 'today'))).toMatchObject({ line: 3 })
  expect(refusal('[]')).toMatchObject({ line: 1 })
})
