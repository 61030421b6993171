import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import {
  checkAptUrl,
  checkGoProxy,
  checkPathEntry,
  checkPrivate,
  checkSumdb,
  checkUrl,
  checkValue,
} from '../electron/contract/grammar.ts'
import type { Value } from '../electron/contract/plan.ts'
import type { FormatId } from '../electron/contract/plan.ts'
import { credentialSchema } from '../electron/contract/credential.ts'
import { fitsNetrc } from '../electron/settings/credential/netrc.ts'
import { formats } from '../electron/settings/index.ts'
import { type Desk, goready, tree } from './harness.ts'
import { command } from './hostile/cli.ts'
import { openNest, some } from './hostile/nest.ts'
import { asPaths, asUrls } from './hostile/profiles.ts'
import { projectRoot } from './lab/cache.ts'

// What the grammars let through is written, and the real programs that read those files say it back letter by letter.
const nest = openNest()
const STRINGS = nest.strings
afterAll(nest.remove)
afterEach(nest.check)

const VALUES = STRINGS.filter((text) => checkValue('HOSTILE', text) === null)
const URLS = [...new Set(STRINGS.flatMap(asUrls))].filter((text) => checkUrl(text) === null)
let count = 0

/** A machine of its own: home and root below the nest. */
function openDesk(home = 'home 家'): Desk {
  const dir = join(nest.folder, `d${count++}`)
  const desk = {
    dir,
    home: join(dir, home),
    root: join(dir, 'root'),
    catalogue: join(projectRoot(), 'assets/golang-tags.json'),
  }
  for (const folder of [desk.home, desk.root]) mkdirSync(folder, { recursive: true })
  return desk
}

async function apply(desk: Desk, content: Record<string, unknown>) {
  const path = join(desk.dir, 'profile.yml')
  writeFileSync(path, JSON.stringify({ version: 1, ...content }))
  return goready(desk, ['apply', '--profile', path, '--yes', '--json'])
}

/** A command in this process; the environment is that of a session that has just begun. */
const here = (desk: Desk, ...argv: string[]) =>
  command([...argv, '--json', '--home', desk.home, '--root', desk.root], false, { PATH: process.env['PATH'] })

/** What a shell that has just been started exports. */
function ask(desk: Desk, shell: string, flags: readonly string[]): ReadonlyMap<string, string> {
  const env = { HOME: desk.home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TERM: 'dumb', XDG_DATA_HOME: '/dev/null' }
  const output = execFileSync(shell, [...flags, '-c', '/usr/bin/env -0'], {
    env,
    cwd: desk.home,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return new Map(
    output.split('\0').flatMap((entry) => {
      const at = entry.indexOf('=')
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)] as const] : []
    }),
  )
}

/** Every start of every shell for which there is a file of ours. csh reads its files at each start. */
function starts(desk: Desk): readonly (readonly [string, readonly string[]])[] {
  const csh = existsSync(join(desk.home, '.config/goready/env.csh'))
  return [
    ['/bin/bash', ['-l']],
    ['/bin/bash', ['-i']],
    ['zsh', ['-l']],
    ['zsh', []],
    ['fish', []],
    ['fish', ['-l']],
    ['dash', ['-l']],
    ...(csh
      ? ([
          ['csh', []],
          ['tcsh', []],
        ] as const)
      : []),
  ]
}

const ENVIRONMENT_D = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'

const fitsCsh = (text: string): boolean => {
  try {
    formats.get('env-csh')?.edit(null, [{ key: 'var:HOSTILE', after: text }])
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-profile', values: { key: 'env.set.HOSTILE', reason: 'too-long' } })
    return false
  }
}

test('every value in every shell, letter by letter; undo gives all back', async () => {
  const desk = openDesk()
  writeFileSync(join(desk.home, '.bashrc'), 'alias ll="ls -l"')
  const before = tree(desk.home)
  // environment.d is written where systemd's reader of it is.
  mkdirSync(dirname(join(desk.root, ENVIRONMENT_D)), { recursive: true })
  cpSync(ENVIRONMENT_D, join(desk.root, ENVIRONMENT_D))
  // csh reads no longer words: a value that it cannot have is refused by its name.
  const values = VALUES.filter((text) => formats.get('env-csh') === undefined || fitsCsh(text))
  const set = Object.fromEntries(values.map((text, index) => [`HOSTILE_${index}`, text]))
  const path = [...new Set(STRINGS.flatMap(asPaths))].filter((text) => checkPathEntry(text) === null)
  // A profile names at most 64 folders.
  const picked = path.filter((text, index) => text.length < 300 && index % Math.ceil(path.length / 64) === 0)
  const outcome = await apply(desk, { env: { set, path: picked } })
  expect(outcome.code, outcome.stdout.slice(-2000)).toBe(0)
  for (const [shell, flags] of starts(desk)) {
    const where = `${shell} ${flags.join(' ')}`
    const found = ask(desk, shell, flags)
    const wrong = Object.entries(set).filter(([name, value]) => found.get(name) !== value)
    expect(wrong.map(([name, value]) => [value, found.get(name)]).slice(0, 3), where).toEqual([])
    const folders = found.get('PATH')?.split(':') ?? []
    const wanted = picked.map((one) => one.replace(/^~\//, `${desk.home}/`).replace(/(.)\/+$/, '$1'))
    expect(
      wanted.filter((one) => !folders.includes(one)),
      where,
    ).toEqual([])
  }
  // What systemd's own reader gives to graphical programs: a value with special characters stands in quotes.
  const conf = join(desk.home, '.config/environment.d')
  expect(existsSync(conf)).toBe(true)
  const lines = run([ENVIRONMENT_D], { HOME: desk.home, XDG_CONFIG_HOME: join(desk.home, '.config') }).split('\n')
  const told = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
  const plain = (text = ''): string => (/^".*"$/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text)
  expect(Object.entries(set).filter(([name, value]) => plain(told.get(name)) !== value)).toEqual([])
  process.stdout.write(`${values.length} values and ${picked.length} folders × ${starts(desk).length} starts\n`)
  expect((await goready(desk, ['undo', '--json'])).code).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})

/** Homes that a file system takes. */
const HOMES = STRINGS.filter((text) => text !== '' && !/[/\u0000]/.test(text) && !/^\.{1,2}$/.test(text)).filter(
  (text) => Buffer.byteLength(text) <= 255 && Buffer.from(text).toString() === text,
)

test('homes with hostile names: what is set arrives, or the home is refused by name', async () => {
  let [arrived, refused] = [0, 0]
  const profile = join(nest.folder, 'homes.yml')
  writeFileSync(profile, JSON.stringify({ version: 1, env: { set: { HOSTILE: "it's $(x)" }, path: ['~/go/bin'] } }))
  for (const name of some(HOMES, 40)) {
    const desk = openDesk(name)
    const before = tree(desk.home)
    const outcome = await here(desk, 'apply', '--profile', profile, '--yes')
    if (outcome.code !== 0) {
      // PATH has no way to hold a folder with a colon: the shells said so, and all was given back.
      const where = `${JSON.stringify(name)}: ${outcome.stdout.slice(-500)}`
      expect([name.includes(':'), outcome.code], where).toEqual([true, 1])
      expect(outcome.stdout).toContain('"code":"setting-not-effective"')
      expect(tree(desk.home)).toEqual(before)
      refused += 1
      continue
    }
    for (const [shell, flags] of starts(desk)) {
      const found = ask(desk, shell, flags)
      expect(found.get('HOSTILE'), `${shell} in ${JSON.stringify(name)}`).toBe("it's $(x)")
      expect(found.get('PATH')?.split(':'), `${shell} in ${JSON.stringify(name)}`).toContain(`${desk.home}/go/bin`)
    }
    expect((await here(desk, 'undo')).code).toBe(0)
    expect(tree(desk.home), JSON.stringify(name)).toEqual(before)
    arrived += 1
  }
  process.stdout.write(`${arrived} homes, ${refused} refused\n`)
  expect(arrived).toBeGreaterThan(5)
})

/** The file that a format makes of one value, or of many. */
function file(id: FormatId, edits: readonly { key: string; after: Value }[], before: string | null = null): string {
  const format = formats.get(id)
  const bytes = format?.edit(before === null ? null : Buffer.from(before), edits) ?? null
  const path = join(nest.folder, `f${count++}`)
  writeFileSync(path, bytes ?? '')
  return path
}

const run = (argv: readonly [string, ...string[]], env: Record<string, string> = {}, input = ''): string => {
  const [program, ...args] = argv
  const all = { PATH: process.env['PATH'] ?? '', HOME: nest.folder, LANG: 'C.UTF-8', ...env }
  return execFileSync(program, args, {
    env: all,
    cwd: nest.folder,
    encoding: 'utf8',
    input,
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
}

test.each([
  ['GOPROXY', checkGoProxy, asUrls],
  ['GOSUMDB', checkSumdb, asUrls],
  ['GOPRIVATE', checkPrivate, (text: string) => [text]],
] as const)('go reads %s as it was written', (name, check, forms) => {
  const texts = [...new Set(STRINGS.flatMap(forms))].filter((text) => check(text) === null)
  for (const text of some(texts, 8)) {
    const GOENV = file('goenv', [{ key: name, after: text }])
    expect(run(['go', 'env', name], { GOENV, GOFLAGS: '' })).toBe(`${text}\n`)
  }
  process.stdout.write(`${name}: ${texts.length}\n`)
})

test('npm reads every registry of every scope as it was written', () => {
  const edits = URLS.map((url, index) => ({ key: `@s${index}:registry`, after: url }))
  const path = file('npmrc', edits)
  const empty = file('npmrc', [])
  const answer: unknown = JSON.parse(
    run(['npm', 'config', 'list', '--json', '--userconfig', path, '--globalconfig', empty]),
  )
  expect(answer).toMatchObject(Object.fromEntries(edits.map(({ key, after }) => [key, after])))
  process.stdout.write(`npm: ${edits.length} addresses\n`)
})

const PIP = `
import json, os, sys
from pip._internal.configuration import Configuration
answers = []
for path in json.load(sys.stdin):
    os.environ['PIP_CONFIG_FILE'] = path
    configuration = Configuration(isolated=False)
    configuration.load()
    answers.append(configuration.get_value('global.index-url'))
print(json.dumps(answers))
`
const NETRC = `
import json, netrc, sys
print(json.dumps([netrc.netrc(path).hosts for path in json.load(sys.stdin)]))
`
const JSON_FILES = `
import json, sys
print(json.dumps([json.load(open(path, encoding='utf-8')) for path in json.load(sys.stdin)]))
`
const python = (script: string, paths: readonly string[]): unknown =>
  JSON.parse(run(['python3', '-c', script], {}, JSON.stringify(paths)))

test('pip reads every index as it was written', () => {
  const paths = URLS.map((url) => file('pip-conf', [{ key: 'global.index-url', after: url }]))
  expect(python(PIP, paths)).toEqual(URLS)
})

test('Python reads every name and password of a netrc as go and curl do', () => {
  const words = STRINGS.filter((text) => credentialSchema.shape.secret.safeParse(text).success && fitsNetrc(text))
  const paths = words.map((word) => file('netrc', [{ key: 'h.example', after: { login: word, password: word } }]))
  expect(python(NETRC, paths)).toEqual(words.map((word) => ({ 'h.example': [word, '', word] })))
  process.stdout.write(`netrc: ${words.length} words\n`)
})

test("any other JSON parser reads Docker's files as they were written", () => {
  const mirrors = URLS.map((url) => file('daemon-json', [{ key: 'registry-mirrors', after: [url] }], '{"debug": true}'))
  expect(python(JSON_FILES, mirrors)).toEqual(URLS.map((url) => ({ debug: true, 'registry-mirrors': [url] })))
  const logins = VALUES.map((value) => file('docker-config', [{ key: 'h.example', after: value }]))
  expect(python(JSON_FILES, logins)).toEqual(VALUES.map((value) => ({ auths: { 'h.example': { auth: value } } })))
})

test.each([
  ['apt-list', 'deb [signed-by=/x] http://h.example/debian s main\n', '.list'],
  ['apt-deb822', 'Types: deb\nURIs: http://h.example/debian\nSuites: s\nComponents: main\n', '.sources'],
] as const)('apt reads %s as it was written', (id, before, extension) => {
  const urls = URLS.filter((url) => checkAptUrl(url) === null)
  for (const url of some(urls, 6)) {
    const path = `${file(id, [{ key: 'deb s main', after: url }], before)}${extension}`
    renameSync(path.slice(0, -extension.length), path)
    const places = [`Dir::Etc::SourceList=${path}`, 'Dir::Etc::SourceParts=/dev/null', `Dir::State=${nest.folder}`]
    const options = places.flatMap((place) => ['-o', place])
    const answer = run(['apt-get', 'indextargets', '--no-release-info', ...options, '--format', '$(REPO_URI)'])
    expect([...new Set(answer.split('\n').filter(Boolean))], url).toEqual([url.endsWith('/') ? url : `${url}/`])
  }
  process.stdout.write(`${id}: ${urls.length} addresses\n`)
})
