import { afterAll, afterEach, expect, test } from 'vitest'
import type { FormatId, Value } from '../electron/contract/plan.ts'
import { CodedError } from '../electron/core/errors.ts'
import type { Format } from '../electron/core/setting.ts'
import { formats } from '../electron/settings/index.ts'
import { openNest } from './hostile/nest.ts'

// Every format, in process: what it writes it reads back literally, or it refuses; what others wrote it gives back.
const nest = openNest()
afterAll(nest.remove)
afterEach(nest.check)

type Sample = {
  /** A file of somebody else's that has none of `keys`. */
  file: string | null
  keys: readonly string[]
  value(text: string): Value
  /** The key is always there and only its value changes. */
  fixed?: true
}
const plain = (text: string): Value => text
const shell: Sample = { file: null, keys: ['var:HOSTILE'], value: plain }
const SAMPLES: Partial<Record<FormatId, Sample>> = {
  goenv: { file: 'GOARCH=amd64\n', keys: ['GOFLAGS'], value: plain },
  'daemon-json': { file: '{"debug": true}\n', keys: ['registry-mirrors'], value: (text) => [text] },
  npmrc: { file: 'fund=false\n', keys: ['registry', '@x:registry', '//h/:_authToken'], value: plain },
  'yarnrc-yml': {
    file: 'enableTelemetry: false\n',
    keys: ['npmRegistryServer', 'npmScopes.x'],
    value: plain,
  },
  'pip-conf': { file: '[install]\nuser = true\n', keys: ['global.index-url'], value: plain },
  'env-sh': shell,
  'env-fish': shell,
  'launch-agent': shell,
  'launch-agent-all': shell,
  fence: { file: '# mine\n', keys: ['source'], value: plain },
  whole: { file: null, keys: ['content'], value: plain },
  'apt-deb822': {
    file: 'Types: deb\nURIs: http://h/debian\nSuites: s\nComponents: main\n',
    keys: ['deb s main'],
    value: plain,
    fixed: true,
  },
  'apt-list': { file: 'deb http://h/debian s main\n', keys: ['deb s main'], value: plain, fixed: true },
  netrc: {
    file: 'machine other login a password b\n',
    keys: ['h.example'],
    value: (text) => ({ login: 'me', password: text }),
  },
  'docker-config': { file: '{"auths": {}}\n', keys: ['h.example'], value: plain },
}
const later = [...formats.keys()].filter((id) => id.startsWith('env')).map((id) => [id, shell] as const)
const samples = new Map<string, Sample>([...later, ...Object.entries(SAMPLES)])
// `line` only switches lines of the file itself: it takes no text from anybody.
const TEXTS = [...formats.values()].filter(({ id }) => id !== 'line')
const bytesOf = (text: string | null) => (text === null ? null : new TextEncoder().encode(text))
const textOf = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('latin1'))

/** What an edit gives; null where it refuses. Whatever is thrown has to be a refusal and not an accident. */
function attempt<T>(body: () => T, where: string): { value: T } | null {
  try {
    return { value: body() }
  } catch (error) {
    const refusal =
      error instanceof CodedError || (error instanceof Error && /\bnot |\bno address|fence/.test(error.message))
    expect(refusal, `${where}: ${String(error)}`).toBe(true)
    return null
  }
}

function others(format: Format, bytes: Uint8Array | null, key: string): Record<string, Value> {
  return Object.fromEntries([...format.read(bytes)].filter(([name]) => name !== key))
}

/** One value in one key: literal and alone in the file, and gone again with it. Answers whether it was taken. */
function roundTrip(format: Format, { file, fixed, value }: Sample, key: string, text: string): boolean {
  const where = `${format.id} ${key} ${JSON.stringify(text.slice(0, 60))}`
  const before = bytesOf(file)
  const after = value(text)
  const edited = attempt(() => format.edit(before, [{ key, after }]), where)
  if (edited === null) return false
  const found = format.read(edited.value)
  // A source of apt's keeps its address where no other is wanted.
  if (fixed && text.trim() === '') return false
  expect(found.get(key), where).toEqual(fixed ? text.split(' ').filter(Boolean).join(' ') : after)
  expect(others(format, edited.value, key), where).toEqual(others(format, before, key))
  const again = format.edit(edited.value, [{ key, after }])
  expect(textOf(again), where).toBe(textOf(edited.value))
  if (fixed) return true
  const removed = format.edit(edited.value, [{ key, after: null }])
  expect(Object.fromEntries(format.read(removed)), where).toEqual(Object.fromEntries(format.read(before)))
  return true
}

test('every format has a sample', () => {
  expect(TEXTS.map(({ id }) => id).filter((id) => !samples.has(id))).toEqual([])
})

test.each(TEXTS.map((format) => [format.id, format] as const))('%s as values', (id, format) => {
  const sample = samples.get(id)
  if (!sample) return expect.unreachable(id)
  const verdicts = sample.keys.flatMap((key) => nest.strings.map((text) => roundTrip(format, sample, key, text)))
  expect(verdicts).toContain(true)
  process.stdout.write(`${id}: ${verdicts.filter(Boolean).length} of ${verdicts.length} taken\n`)
})

test.each(TEXTS.map((format) => [format.id, format] as const))('%s as keys', (id, format) => {
  const sample = samples.get(id)
  if (!sample) return expect.unreachable(id)
  for (const text of nest.strings) {
    for (const key of [
      text,
      `var:${text}`,
      `path:/${text}`,
      `global.${text}`,
      `npmScopes.${text}`,
      `@${text}:registry`,
    ]) {
      const where = `${id} ${JSON.stringify(key.slice(0, 60))}`
      const before = bytesOf(sample.file)
      const value = key.startsWith('path:') ? true : sample.value('x')
      const edited = attempt(() => format.edit(before, [{ key, after: value }]), where)
      if (edited === null || textOf(edited.value) === sample.file) continue
      expect(format.read(edited.value).get(key), where).toEqual(value)
      expect(others(format, edited.value, key), where).toEqual(others(format, before, key))
    }
  }
})

test.each(TEXTS.map((format) => [format.id, format] as const))('%s out of hostile files', (id, format) => {
  const sample = samples.get(id)
  const key = sample?.keys[0]
  if (!sample || key === undefined) return expect.unreachable(id)
  const isJson = sample.file?.startsWith('{') ?? false
  let kept = 0
  for (const text of nest.strings) {
    // As it is, as lines before ours, and as bytes that are no UTF-8.
    const contents = [text, `${text}\n${sample.file ?? ''}`, `${sample.file ?? ''}${text}`]
    for (const before of [...contents.map((one) => Buffer.from(one)), Buffer.from(text, 'latin1')]) {
      const where = `${id} ${JSON.stringify(before.toString('latin1').slice(0, 80))}`
      const had = attempt(() => format.read(before).get(key), where)
      if (had === null || had.value !== undefined) continue
      const edited = attempt(() => format.edit(before, [{ key, after: sample.value('https://h.example/x') }]), where)
      if (edited === null || edited.value === null) continue
      kept += 1
      expect(others(format, edited.value, key), where).toEqual(others(format, before, key))
      const text = textOf(edited.value) ?? ''
      // Undo gives the bytes back; an edit alone has to leave every line of somebody else's.
      if (!isJson && !sample.fixed)
        for (const line of (textOf(before) ?? '').split('\n')) expect(text.includes(line), where).toBe(true)
    }
  }
  process.stdout.write(`${id}: ${kept} files edited\n`)
})
