import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineSplitter } from './line-splitter.ts'
import { createPullProgress } from './pull-progress.ts'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
const line = (value: unknown): string => `${JSON.stringify(value)}\r\n`
const layer = (id: string, status: string, current?: number, total?: number, units?: string) =>
  line({ status, id, progressDetail: { current, total, units } })
const digest = `sha256:${'d'.repeat(64)}`
const ending = line({ status: `Digest: ${digest}` }) + line({ status: 'Status: Downloaded newer image for golang:1' })

const whole =
  line({ status: 'Pulling from library/golang', id: '1.26' }) +
  layer('a', 'Pulling fs layer') +
  layer('b', 'Pulling fs layer') +
  layer('c', 'Already exists') +
  layer('a', 'Downloading', 50, 100) +
  layer('b', 'Waiting') +
  layer('a', 'Downloading', 100, 100) +
  layer('a', 'Verifying Checksum') +
  layer('a', 'Download complete') +
  layer('b', 'Downloading', 30, 300) +
  layer('a', 'Extracting', 10, 100) +
  layer('b', 'Download complete') +
  layer('a', 'Pull complete') +
  layer('b', 'Extracting', 300, 300) +
  layer('b', 'Pull complete') +
  ending

const feed = (text: string, now = 0) => {
  const progress = createPullProgress()
  progress.push(encode(text), now)
  return progress
}

test('a whole pull: layers, bytes and the end', () => {
  const progress = feed(whole)
  expect(progress.view(0)).toMatchObject({
    layers: [
      { id: 'a', state: 'done', current: 100, total: 100 },
      { id: 'b', state: 'done', current: 300, total: 300 },
      { id: 'c', state: 'exists', current: null },
    ],
    bytes: 400,
    totalBytes: 400,
    fraction: 1,
  })
  expect(progress.result()).toEqual({ pulled: true, digest })
  expect(progress.failure()).toBeNull()
})

test('numbers are absolute, and the total is told only when every layer’s is known', () => {
  const progress = feed(
    layer('a', 'Pulling fs layer') + layer('b', 'Pulling fs layer') + layer('a', 'Downloading', 50, 100),
  )
  expect(progress.view(0)).toMatchObject({ bytes: 50, totalBytes: null, left: null })
  progress.push(encode(layer('a', 'Downloading', 60, 100) + layer('b', 'Downloading', 100, 300)), 0)
  expect(progress.view(0)).toMatchObject({ bytes: 160, totalBytes: 400 })
})

test('speed and time left are smoothed over the clock that is given', () => {
  const progress = createPullProgress()
  for (let second = 0; second <= 20; second++)
    progress.push(encode(layer('a', 'Downloading', second * 1000, 100_000)), second * 1000)
  const view = progress.view(20_000)
  expect(view.speed).toBeCloseTo(1000)
  expect(view.left).toBeCloseTo(80)
  expect(progress.view(60_000).speed).toBeLessThan(10)
})

test('seconds of unpacking (containerd store) give no percentage', () => {
  const progress = feed(layer('a', 'Downloading', 100, 100) + layer('a', 'Extracting', 7, undefined, 's'))
  expect(progress.view(0).layers).toEqual([{ id: 'a', state: 'extracting', current: null, total: null }])
  expect(progress.view(0)).toMatchObject({ bytes: 100, totalBytes: 100 })
  progress.push(encode(layer('a', 'Extracting', 9, 30, 's')), 0)
  expect(progress.view(0).totalBytes).toBe(100)
})

test('a retry starts the layer again, the fraction never shrinks', () => {
  const progress = feed(layer('a', 'Downloading', 90, 100))
  const before = progress.view(0).fraction
  progress.push(encode(layer('a', 'Retrying in 5 seconds') + layer('a', 'Downloading', 10, 100)), 0)
  expect(progress.view(0)).toMatchObject({ bytes: 10, fraction: before })
})

test('an errorDetail line is a failure although the answer was 200', () => {
  const progress = feed(
    layer('a', 'Downloading', 1, 2) + line({ errorDetail: { code: 404, message: 'manifest unknown' }, error: 'later' }),
  )
  expect(progress.failure()).toEqual({ message: 'manifest unknown', status: 404 })
  expect(progress.result()).toBeNull()
  expect(feed(line({ error: 'old style' })).failure()).toEqual({ message: 'old style', status: null })
})

test('an image that is up to date was not pulled', () => {
  const progress = feed(
    line({ status: `Digest: ${digest}` }) + line({ status: 'Status: Image is up to date for golang:1' }),
  )
  expect(progress.result()).toEqual({ pulled: false, digest })
  expect(progress.view(0)).toMatchObject({ fraction: 1, layers: [] })
})

test('a stream that breaks off has no result; a last line without its end still counts', () => {
  expect(feed(layer('a', 'Downloading', 1, 2)).result()).toBeNull()
  const progress = feed('{"errorDetail":{"message":"EOF"}}')
  expect(progress.failure()).toBeNull()
  progress.end(0)
  expect(progress.failure()?.message).toBe('EOF')
})

test('a word of the end inside a layer’s line does not end the pull', () => {
  expect(feed(line({ id: 'a', status: 'Status: Downloaded newer image for x' })).result()).toBeNull()
})

const observe = (progress: ReturnType<typeof createPullProgress>) => {
  progress.end(0)
  return { view: progress.view(0), failure: progress.failure(), result: progress.result() }
}

test('any way to cut the stream gives the same result', () => {
  const bytes = encode(`${whole}${line({ errorDetail: { message: '磁盘已满 💾 no space' } })}`)
  const expected = observe(feed(new TextDecoder().decode(bytes)))
  expect(expected.failure?.message).toContain('💾')
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
      const progress = createPullProgress()
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      for (const [index, from] of places.entries()) progress.push(bytes.subarray(from, places[index + 1] ?? from), 0)
      expect(observe(progress)).toEqual(expected)
    }),
  )
})

test('junk never throws and never counts as the end', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.record({ status: fc.jsonValue(), id: fc.jsonValue(), progressDetail: fc.jsonValue() }),
  )
  const junk = fc.oneof(
    fc.string(),
    value.map((item) => JSON.stringify(item)),
    fc.constantFrom('{', '{"status":1,"id":{}}', '<html>', '{"id":"__proto__","status":"Downloading"}', '\u0000'),
  )
  fc.assert(
    fc.property(fc.array(junk), fc.array(fc.uint8Array()), (lines, raw) => {
      const progress = createPullProgress()
      for (const text of lines) progress.push(encode(`${text}\n`), 0)
      for (const bytes of raw) progress.push(bytes, 0)
      const { view } = observe(progress)
      expect(view.bytes).toBeGreaterThanOrEqual(0)
      expect(progress.result()).toBeNull()
    }),
  )
})

test('a line without an end is dropped instead of kept', () => {
  const splitter = createLineSplitter(10)
  expect(splitter.push(encode('x'.repeat(30)))).toEqual([])
  expect(splitter.push(encode('yy\nshort\r\n'))).toEqual(['short'])
  expect(splitter.end()).toEqual([])
})
