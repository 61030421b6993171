// Which packages the built main process needs; the page's are in its bundle. Not a command.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../lib.mjs'

// Native accelerators that ssh2 does without, what builds them, and types.
const DISPENSABLE = new Set(['cpu-features', 'buildcheck', 'nan', '@types/node', 'undici-types'])

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']\s*\)|\brequire\(\s*["']([^"'\n]+)["']\s*\)|(?:^|\n)import\s*["']([^"'\n]+)["']/g

/** The packages that a built file names: no files beside it, nothing of Node's or Electron's own. */
export function importsOf(text) {
  const names = new Set()
  for (const found of text.matchAll(IMPORT)) {
    const address = found.slice(1).find((part) => part !== undefined) ?? ''
    if (/^(\.|\/|node:|electron$|electron\/)/.test(address)) continue
    names.add(
      address
        .split('/')
        .slice(0, address.startsWith('@') ? 2 : 1)
        .join('/'),
    )
  }
  return [...names]
}

/** Of the lock's `packages`, the paths that `names` lead to, the way Node resolves them. Throws for a name that is missing. */
export function reachable(packages, names) {
  const seen = new Set()
  const follow = (from, name, optional) => {
    if (DISPENSABLE.has(name)) return
    const path = resolve(packages, from, name)
    if (path === null) {
      if (optional) return
      throw new Error(`${name}, needed by ${from || 'the program'}, is not in package-lock.json`)
    }
    if (seen.has(path)) return
    seen.add(path)
    const { dependencies = {}, optionalDependencies = {} } = packages[path]
    for (const next of Object.keys(dependencies)) follow(path, next, false)
    for (const next of Object.keys(optionalDependencies)) follow(path, next, true)
  }
  for (const name of names) follow('', name, false)
  return seen
}

function resolve(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (path in packages) return path
    if (at === '') return null
  }
}

/** The packages that the built main process needs, as folders below node_modules. */
export function neededPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const main = join(root, 'out', 'main')
  const names = readdirSync(main)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => importsOf(readFileSync(join(main, file), 'utf8')))
    // The bundle keeps comments: what only looks like an import names no package of ours.
    .filter((name) => `node_modules/${name}` in packages)
  return [...reachable(packages, new Set(names))].map((path) => path.slice('node_modules/'.length))
}
