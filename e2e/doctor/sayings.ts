import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckUp, FoundView } from '../../electron/contract/doctor.ts'
import { projectRoot } from '../lab/cache.ts'

// Whether everything that a check-up answers can be said, in both languages.

export const LANGUAGES = ['zh-CN', 'en'] as const
type Values = Readonly<Record<string, unknown>>
type Sentences = ReadonlyMap<string, string>

/** Every sentence of a language by its key, `namespace:path`. */
function read(language: string): Sentences {
  const folder = join(projectRoot(), 'renderer/i18n', language)
  const all = new Map<string, string>()
  const visit = (key: string, value: unknown): void => {
    if (typeof value === 'string') all.set(key, value)
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) visit(key.endsWith(':') ? key + name : `${key}.${name}`, one)
  }
  for (const file of readdirSync(folder))
    visit(`${file.replace('.json', '')}:`, JSON.parse(readFileSync(join(folder, file), 'utf8')))
  return all
}

const ALL = new Map(LANGUAGES.map((language) => [language, read(language)]))

export const sentencesOf = (language: (typeof LANGUAGES)[number]): Sentences => ALL.get(language) ?? new Map()

/** The forms of one key: itself, or those of a number. */
export const formsOf = (sentences: Sentences, key: string): readonly string[] =>
  ['', '_one', '_other'].flatMap((ending) => sentences.get(key + ending) ?? [])

/** Why a sentence cannot be said: it is missing, or a value of it is. */
export function unsaid(key: string, values: Values): readonly string[] {
  return LANGUAGES.flatMap((language) => {
    const forms = formsOf(sentencesOf(language), key)
    if (forms.length === 0) return [`no ${language} sentence for ${key}`]
    const wanted = forms.flatMap((form) => [...form.matchAll(/\{\{-?\s*(\w+)/g)].map(([, name = '']) => name))
    return wanted
      .filter((name) => values[name] === undefined)
      .map((name) => `${key} (${language}) wants {{${name}}}, which has no value`)
  })
}

/** The three sentences of a finding, without their part. */
export const findingKey = ({ category, code }: Pick<FoundView, 'category' | 'code'>): string =>
  `doctor-${category}:${code.slice(category.length + 1)}`

/** All of a check-up that cannot be said. */
export function unsaidOf({ findings, checks }: CheckUp): readonly string[] {
  const ofFindings = findings.flatMap((found) => [
    ...['what', 'why', 'todo'].flatMap((part) => unsaid(`${findingKey(found)}.${part}`, found.values)),
    ...found.repairs.flatMap(({ note }) => unsaid(note.key, note.values ?? {})),
  ])
  const beside = checks.flatMap(({ facts, offers }) => [...facts, ...offers.map(({ note }) => note)])
  return [...new Set([...ofFindings, ...beside.flatMap(({ key, values }) => unsaid(key, values ?? {}))])]
}
