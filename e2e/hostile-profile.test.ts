import { afterAll, afterEach, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { Profile } from '../electron/contract/profile.ts'
import { profileSchema } from '../electron/contract/profile.ts'
import { CodedError } from '../electron/core/errors.ts'
import { parseProfile, readProfileBytes } from '../electron/core/profile-file.ts'
import { profileText } from '../electron/desk/profiles.ts'
import { openNest, some } from './hostile/nest.ts'
import { asPaths, asUrls, FIELDS, type Field } from './hostile/profiles.ts'

// A hostile text in a profile is refused by name or arrives letter by letter; it never runs and never leaves its field.
const nest = openNest()
const STRINGS = nest.strings
afterAll(nest.remove)
afterEach(nest.check)

test('five hundred different strings', () => {
  expect(new Set(STRINGS).size).toBe(500)
})

/** The profile that a text gives, or what refuses it. Anything else that is thrown fails. */
function read(text: string): Profile | CodedError {
  try {
    return parseProfile(text)
  } catch (error) {
    if (error instanceof CodedError) return error
    throw error
  }
}

/** What the file, the window and an exported file make of one text in one field. */
function judge(field: Field, text: string): 'taken' | 'refused' {
  const draft = field.with(text)
  const fromWindow = profileSchema.safeParse(draft)
  const fromJson = read(JSON.stringify(draft))
  const fromYaml = read(stringify(draft))
  const where = `${field.name} ${JSON.stringify(text.slice(0, 80))}`
  // __proto__ as a key is refused with its line in a file; an object of the window cannot hold it.
  expect(fromJson instanceof CodedError, where).toBe(fromYaml instanceof CodedError)
  if (fromJson instanceof CodedError || fromYaml instanceof CodedError) {
    for (const error of [fromJson, fromYaml])
      if (error instanceof CodedError) {
        expect(error.code, where).toBe('bad-profile')
        // `sources.docker` for `sources.docker.0`: whichever is nearer to the mistake.
        const key = String(error.values.key)
        expect(
          key === '__proto__' || key.startsWith(field.name.split('.').slice(0, 2).join('.')),
          `${where}: ${key}`,
        ).toBe(true)
      }
    return 'refused'
  }
  expect(fromWindow.success, where).toBe(true)
  expect(field.of(fromJson), where).toBe(text)
  expect(fromYaml, where).toEqual(fromJson)
  const exported = profileText(fromJson, 'x')
  expect(readProfileBytes(new TextEncoder().encode(exported)), where).toEqual(fromJson)
  return 'taken'
}

test.each(FIELDS.map((field) => [field.name, field] as const))('%s', (name, field) => {
  const forms = /^sources|^telemetry/.test(name) ? asUrls : name === 'env.path.0' ? asPaths : null
  const texts = forms === null ? STRINGS : some([...new Set(STRINGS.flatMap(forms))], 3)
  const verdicts = texts.map((text) => judge(field, text))
  const taken = verdicts.filter((verdict) => verdict === 'taken').length
  process.stdout.write(`${name}: ${taken} of ${texts.length} taken\n`)
  expect(verdicts.length).toBeGreaterThanOrEqual(500)
})
