import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { jsonErrorLine } from '../core/json-file.ts'
import { loadCatalogue } from './catalogue.ts'

const shipped = readFileSync(new URL('../../assets/golang-tags.json', import.meta.url), 'utf8')

test('the shipped catalogue fits the schema and names each tag and minor once', () => {
  const catalogue = loadCatalogue(shipped)
  const tags = catalogue.tags.map(({ tag }) => tag)
  expect(new Set(tags).size).toBe(tags.length)
  expect(tags).toContain('1.27')
  expect(tags).toContain('1.27-alpine')
  expect(new Set(catalogue.minors.map(({ minor }) => minor)).size).toBe(catalogue.minors.length)
})

test('broken JSON and foreign contents are refused with path and line', () => {
  const refused = (text: string) => {
    try {
      loadCatalogue(text, '/c.json')
    } catch (error) {
      return error
    }
    return null
  }
  expect(refused('{\n"version": 1,\n!')).toMatchObject({
    code: 'unparsable-file',
    values: { path: '/c.json', line: 3 },
  })
  expect(refused('{"version": 2}')).toMatchObject({ code: 'unparsable-file' })
  expect(refused(shipped.replace('"go": "1.27"', '"go": "$(id)"'))).toMatchObject({ code: 'unparsable-file' })
  expect(refused(shipped.replace('"size": null', '"size": null, "extra": 1'))).toMatchObject({
    code: 'unparsable-file',
  })
})

test('an error at the end of the text points to the last line', () => {
  expect(jsonErrorLine('{\n\n', new Error('Unexpected end of JSON input'))).toBe(1)
  expect(jsonErrorLine('{\n"a": 1', new Error('Unexpected end of JSON input'))).toBe(2)
})
