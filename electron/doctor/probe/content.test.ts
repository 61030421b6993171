import { expect, test } from 'vitest'
import type { Answer } from '../../mirrors/race/adapter.ts'
import { wantedOf } from './content.ts'
import { endpoint } from './test-means.ts'

function judged(target: 'go' | 'pip', text: string, type = 'text/plain'): string | undefined {
  const answer: Answer = {
    url: 'https://h.example/',
    status: 200,
    headers: { 'content-type': type },
    via: null,
    body: new TextEncoder().encode(text),
    complete: true,
    timings: { connectMs: 0, tlsMs: 0, firstByteMs: 0, totalMs: 0 },
  }
  return wantedOf(endpoint('https://h.example/', { target }), {})?.judge(answer)
}

test.each([
  ['', 'good'],
  ['v1.0.0\nv1.1.0\n', 'good'],
  ['v1.0.0 and more\n', 'wrong'],
  ['<p>v1', 'wrong'],
])('a list of versions: %j is %s', (text, verdict) => {
  expect(judged('go', text)).toBe(verdict)
})

test('an answer that is made to be slow is judged in a moment', () => {
  const begin = performance.now()
  expect(judged('go', `${'v1'.repeat(200_000)} x`)).toBe('wrong')
  expect(judged('go', `v1${' '.repeat(400_000)}x`)).toBe('wrong')
  expect(judged('pip', '<a '.repeat(200_000), 'text/x')).toBe('wrong')
  expect(performance.now() - begin).toBeLessThan(3000)
})
