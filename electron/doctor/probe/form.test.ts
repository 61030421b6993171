import { expect, test } from 'vitest'
import type { TargetId } from '../../contract/mirror.ts'
import { formOf } from './form.ts'

test.each<[TargetId, string]>([
  ['go', 'https://goproxy.example'],
  ['go', 'http://10.0.0.5:8081/repository/go/'],
  // cmd/go adds https:// itself.
  ['go', 'goproxy.example'],
  ['npm', 'https://registry.example/npm/'],
  ['npm', 'http://[::1]:4873/'],
  ['pip', 'https://pypi.example/simple'],
  ['docker', 'https://hub.example'],
  ['docker', 'https://hub.example/prefix/'],
  ['apt', 'http://mirror.example/debian'],
])('%s takes %s', (target, text) => {
  expect(formOf(target, text)).toMatchObject({ reason: null, mended: null })
})

test.each<[TargetId, string, string, string | null]>([
  ['npm', 'registry.example', 'scheme-missing', 'https://registry.example'],
  ['npm', '172.30.1.1:4873', 'scheme-missing', 'https://172.30.1.1:4873'],
  ['pip', '"https://pypi.example/simple"', 'character', 'https://pypi.example/simple'],
  ['pip', ' https://pypi.example/simple', 'space', 'https://pypi.example/simple'],
  ['npm', 'https://registry.example，', 'character', 'https://registry.example'],
  ['npm', 'https：//registry.example', 'character', 'https://registry.example'],
  ['npm', 'https//registry.example', 'word', 'https://registry.example'],
  ['npm', 'https:/registry.example', 'word', 'https://registry.example'],
  ['npm', 'htps://registry.example', 'scheme', 'https://registry.example'],
  ['pip', 'ftp://pypi.example/simple', 'scheme', null],
  ['pip', 'https://a.example/simple https://b.example/simple', 'space', null],
  ['docker', 'https://hub.example?x=1', 'query', null],
  ['npm', 'taobao', 'word', null],
])('%s rejects %s (%s), which means %s', (target, text, reason, mended) => {
  expect(formOf(target, text)).toEqual({ url: null, reason, mended })
})

test('what nobody has typed is judged in a moment, and not mended', () => {
  const begin = performance.now()
  for (const text of [`https://a.example/${' '.repeat(300_000)}x`, `${'a-'.repeat(200_000)}.`, '"'.repeat(300_000)])
    expect(formOf('npm', text)).toMatchObject({ url: null, mended: null })
  expect(performance.now() - begin).toBeLessThan(3000)
})
