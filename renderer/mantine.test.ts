import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const renderer = dirname(fileURLToPath(import.meta.url))
const library = join(renderer, '..', 'node_modules', '@mantine', 'core', 'esm')
const text = (path: string) => readFileSync(path, 'utf8')

/** What the page imports from Mantine by name. */
function imported(): string[] {
  const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
  return files.flatMap((path) =>
    [...text(join(renderer, path)).matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/ as .*/, ''))
        .filter((name) => name !== '' && !name.startsWith('type ')),
    ),
  )
}

/** The style sheets of a module of the library and of all that it imports. */
function sheets(file: string, seen: Set<string>): string[] {
  if (seen.has(file) || !existsSync(file)) return []
  seen.add(file)
  if (file.endsWith('.module.mjs')) return [basename(file, '.module.mjs')]
  return [...text(file).matchAll(/(?:from|import) "(\.[^"]+)"/g)].flatMap(([, address = '']) =>
    sheets(resolve(dirname(file), address), seen),
  )
}

test('mantine.css names the style sheets of the components that the page uses, and no others', () => {
  const index = text(join(library, 'index.mjs'))
  const seen = new Set<string>()
  const needed = imported().flatMap((name) => {
    const from = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "(\\.[^"]+)"`).exec(index)?.[1]
    return from === undefined ? expect.fail(`Mantine has no ${name}`) : sheets(resolve(library, from), seen)
  })
  const listed = [...text(join(renderer, 'mantine.css')).matchAll(/styles\/([\w-]+)\.layer\.css/g)].map(
    ([, name]) => name ?? '',
  )
  expect(new Set(listed)).toEqual(new Set(['baseline', 'default-css-variables', 'global', ...needed]))
})
