import { expect, test } from 'vitest'
import { commandNames } from './cli/run.ts'
import { isCommand, ownArguments, windowArguments } from './arguments.ts'

test('in a checkout the own arguments follow the folder, installed they follow the program', () => {
  const argv = ['/e/electron', '--no-sandbox', '--inspect=0', '/program', '--lang', 'en']
  expect(ownArguments(argv, '/program')).toEqual(['--lang', 'en'])
  expect(ownArguments(['/e/goready', '--no-sandbox', 'detect', '--json'], null)).toEqual(['detect', '--json'])
  expect(ownArguments(['/e/electron', '--version'], '/program')).toEqual([])
})

test('behind the dashes of the wrapper everything is ours, and other dashes stay', () => {
  const own = ['run', '--', 'go', 'test', '--enable-x', '--headless', 'a b', '']
  const wrapped = ['/e/goready-bin', '--no-sandbox', '--ozone-platform=headless', '--log-level=3', '--', ...own]
  expect(ownArguments(wrapped, null)).toEqual(own)
  expect(ownArguments(['/e/goready-bin', '--no-sandbox', ...own], null)).toEqual(own)
  expect(ownArguments(['/e/goready-bin', '--'], null)).toEqual([])
})

test('a command is known by its first word', () => {
  expect(isCommand(['detect', '--json'])).toBe(true)
  expect(isCommand(['detekt'])).toBe(true)
  expect(isCommand(['--json', '-h'])).toBe(true)
  expect(isCommand(['/some/room.goready.yml'])).toBe(false)
  for (const name of commandNames) expect(isCommand([name])).toBe(true)
  expect(isCommand(['--help'])).toBe(true)
  expect(isCommand(['--lang', 'en'])).toBe(false)
  expect(isCommand(['--home', 'detect'])).toBe(false)
  expect(isCommand([])).toBe(false)
})

test('the window reads its options in both spellings and makes folders absolute', () => {
  expect(windowArguments(['--lang=en', '--home', '/h', '--root=/r', '--catalogue', '/c', '--profile', '/p'])).toEqual({
    lang: 'en',
    home: '/h',
    root: '/r',
    catalogue: '/c',
    profile: '/p',
  })
  expect(windowArguments([])).toEqual({ lang: null, home: null, root: null, catalogue: null, profile: null })
  expect(windowArguments(['--home', 'x']).home).toBe(`${process.cwd()}/x`)
})

test('a profile that a file manager opens is read as --profile', () => {
  expect(windowArguments(['/p/a b.goready.yml']).profile).toBe('/p/a b.goready.yml')
  expect(windowArguments(['file:///p/a%20b.goready.yml', '--lang', 'en']).profile).toBe('/p/a b.goready.yml')
})

test.each([['--nonsense', '1'], ['--home'], ['--home='], ['--lang', 'fr'], ['stray']])('%s %s is refused', (...own) => {
  expect(() => windowArguments(own)).toThrow(expect.objectContaining({ code: 'bad-arguments' }))
})
