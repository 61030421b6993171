import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const IMPORT = /^import (?!type\b)[^'"]*?from '([^']+)'/gm

/** Everything that `file` imports before it begins, and what that imports; types aside. */
function reached(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  if (!file.endsWith('.ts')) return seen
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(IMPORT))
    if (name.startsWith('.')) reached(resolve(dirname(file), name), seen)
    else seen.add(name)
  return seen
}

test('before there is a window nothing is loaded but Electron, a few of Node and our own few files', () => {
  const all = [...reached(join(import.meta.dirname, 'main.ts'))]
  expect(all.filter((name) => !/^node:|^\//.test(name))).toEqual(['electron'])
  // Node's fetch, TLS and the like take as long as a package.
  expect(all.filter((name) => name.startsWith('node:')).toSorted()).toEqual([
    'node:crypto',
    'node:fs',
    'node:os',
    'node:path',
    'node:url',
  ])
  expect(all).toContain(join(import.meta.dirname, 'window', 'run-window.ts'))
})
