import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Edit } from '../../contract/plan.ts'
import { profileSchema } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { realSystem } from '../../system/real.ts'
import { goSetting } from '../go/setting.ts'
import { formats } from '../index.ts'
import { makeHome, put, removeHome } from '../test-home.ts'
import { shellEdits } from './edits.ts'
import { shellSetting } from './setting.ts'

/** Every shell that is to be had here. */
const SHELLS = ['bash', 'zsh', 'fish', 'sh', 'csh', 'tcsh'] as const
const sys = realSystem()
const { signal } = new AbortController()
const homes: string[] = []
afterEach(async () => {
  for (const home of homes.splice(0)) await removeHome(home)
})

async function openHome(
  files: Readonly<Record<string, string>>,
  environment: Record<string, string> = {},
): Promise<Places> {
  const home = await makeHome(files)
  homes.push(home)
  const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'
  return linuxPlaces({ home, environment: { PATH, ...environment }, uid: 0, username: 'root' })
}

async function apply(places: Places, env: Record<string, unknown>): Promise<readonly string[]> {
  const profile = profileSchema.parse({ version: 1, env })
  const state = await shellSetting.detect(sys, places, signal)
  const chosen = await shellSetting.choose(profile, state, () => Promise.reject(new Error('no probe')), signal)
  if (!chosen) throw new Error('nothing chosen')
  return put(shellSetting.plan(state, chosen.choice, places), { places, sys, formats })
}

/** Everything under a folder, as text by relative path. */
function tree(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String)
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile())
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(folder, name), 'latin1')]))
}

const HOSTILE = [
  '$(touch canary)',
  '`touch canary`',
  '; touch canary #',
  "'; touch canary; '",
  "it's; touch canary",
  '"$(touch canary)"',
  "\\'; touch canary; \\'",
  '${HOME}',
  '$HOME~',
  '!!',
  '-n',
  '--help',
  '*',
  '~',
  'a  b ',
  'back\\slash\\\\ \\n',
  "''",
  '\u202eabc',
  '中文 😀 é',
  '%s%n',
  '__proto__',
  '(a; b) & c | d > canary',
  'x'.repeat(4000),
  '',
]

test('every shell and systemd set hostile values letter by letter and run none of them', async () => {
  const places = await openHome({ '.bashrc': 'echo noise\n', '.zshrc': 'print noise', '.profile': '# mine\r\n' })
  const set = Object.fromEntries(HOSTILE.map((value, index) => [`HOSTILE_${index}`, value]))
  const wish = {
    scope: 'user',
    shells: SHELLS,
    variables: new Map(Object.entries(set)),
    paths: ['~/go/bin', "/opt/it's $(touch canary)"],
  } as const
  const state = await shellSetting.detect(sys, places, signal)
  expect(state.installed.map(({ id }) => id)).toEqual(SHELLS)
  await put(shellSetting.plan(state, wish, places), { places, sys, formats })

  const findings = await shellSetting.verify(sys, places, wish, signal)
  expect(findings.map(({ id, severity, details }) => ({ id, severity, details }))).toEqual(
    [...SHELLS, 'environment.d'].map((id) => ({ id: `shell.${id}`, severity: 'ok', details: undefined })),
  )
  const dash = spawnSync('dash', ['-l', '-c', '/usr/bin/env -0'], {
    env: { HOME: places.home, PATH: '/usr/bin:/bin' },
    cwd: places.home,
    encoding: 'utf8',
  })
  const answer = dash.stdout.split('\0')
  for (const [name, value] of Object.entries(set)) expect(answer).toContain(`${name}=${value}`)
  expect(answer.find((entry) => entry.startsWith('PATH='))).toMatch(/go\/bin:\/opt\/it's \$\(touch canary\)$/)
  expect(existsSync(path.join(places.home, 'canary'))).toBe(false)
})

test('a second run changes nothing, and PATH entries do not pile up in nested shells', async () => {
  const places = await openHome({ '.bashrc': 'alias ll="ls -l"\n' })
  const env = { set: { FOO: 'bar' }, path: ['~/go/bin'] }
  expect((await apply(places, env)).length).toBeGreaterThan(0)
  const before = tree(places.home)
  expect(await apply(places, env)).toEqual([])
  expect(tree(places.home)).toEqual(before)
  const nested = spawnSync('/bin/bash', ['-lic', 'exec bash -ic "zsh -ic \'fish -c \\"echo \\\\$PATH\\"\'"'], {
    env: { HOME: places.home, PATH: '/usr/bin:/bin', TERM: 'dumb', LANG: 'C.UTF-8' },
    cwd: places.home,
    encoding: 'utf8',
  })
  expect(nested.stdout.split(/[ :\n]/).filter((entry) => entry.endsWith('go/bin'))).toHaveLength(1)
})

test('the login file that bash really reads gets the block; .bash_profile is never made', async () => {
  const changed = async (files: Record<string, string>) => {
    const places = await openHome(files)
    const paths = await apply(places, { shells: ['bash'], set: { FOO: 'bar' } })
    const [finding] = await shellSetting.verify(
      sys,
      places,
      { scope: 'user', shells: ['bash'], variables: new Map([['FOO', 'bar']]), paths: [] },
      signal,
    )
    expect(finding?.severity).toBe('ok')
    return paths.map((file) => path.relative(places.home, file)).sort()
  }
  expect(await changed({})).toEqual([
    '.bashrc',
    '.config/environment.d/61-goready.conf',
    '.config/goready/env.sh',
    '.profile',
  ])
  expect(await changed({ '.profile': '' })).toEqual([
    '.bashrc',
    '.config/environment.d/61-goready.conf',
    '.config/goready/env.sh',
    '.profile',
  ])
  expect(await changed({ '.bash_login': '', '.profile': '' })).toEqual([
    '.bash_login',
    '.bashrc',
    '.config/environment.d/61-goready.conf',
    '.config/goready/env.sh',
  ])
  expect(await changed({ '.bash_profile': '. ~/.bashrc', '.bash_login': '' })).toEqual([
    '.bash_profile',
    '.bashrc',
    '.config/environment.d/61-goready.conf',
    '.config/goready/env.sh',
  ])
})

test('files that set our variable later are answered, wherever they do it', async () => {
  const places = await openHome({
    '.bashrc': 'export FOO=old\n',
    '.zprofile': 'export FOO=old\n',
    '.zshrc': 'FOO="old"; export FOO',
    '.zlogin': 'true\n',
    '.config/fish/config.fish': 'set -gx FOO old\n',
    '.config/fish/conf.d/zz.fish': 'set -x FOO old\n',
  })
  await apply(places, { set: { FOO: 'new' } })
  const wish = {
    scope: 'user',
    shells: ['bash', 'zsh', 'fish'],
    variables: new Map([['FOO', 'new']]),
    paths: [],
  } as const
  expect((await shellSetting.verify(sys, places, wish, signal)).map(({ severity }) => severity)).toEqual([
    'ok',
    'ok',
    'ok',
    'ok',
  ])
  expect(tree(places.home)['.zlogin']).toBe('true\n')
})

test('an assignment that comes below our block later is answered by the next run', async () => {
  const places = await openHome({ '.bashrc': '# rc\n' })
  const env = { shells: ['bash'], set: { FOO: 'new' } }
  await apply(places, env)
  const { writeFile } = await import('node:fs/promises')
  const file = path.join(places.home, '.bashrc')
  await writeFile(file, `${readFileSync(file, 'utf8')}export FOO=later\n`)
  const wish = { scope: 'user', shells: ['bash'], variables: new Map([['FOO', 'new']]), paths: [] } as const
  const [broken] = await shellSetting.verify(sys, places, wish, signal)
  expect(broken).toMatchObject({ severity: 'error', details: [`interactive: FOO=later (${file}:5)`] })
  expect(await apply(places, env)).toEqual([file])
  expect((await shellSetting.verify(sys, places, wish, signal))[0]?.severity).toBe('ok')
})

test('what a fresh shell answers otherwise is told with the line that wins, or the line that leaves early', async () => {
  const places = await openHome({
    '.bashrc': '# rc\n',
    '.profile': 'export FOO=old\n',
    '.zshrc': 'export FOO="$(echo built)"\n',
    '.tcshrc': '# mine\n',
  })
  const env = { shells: ['bash', 'zsh', 'tcsh'], set: { FOO: 'new' }, path: ['/opt/x'] }
  await apply(places, env)
  const { appendFile, writeFile } = await import('node:fs/promises')
  const at = (name: string): string => path.join(places.home, name)
  await appendFile(at('.profile'), 'PATH=/usr/bin:/bin\n')
  await appendFile(at('.zshrc'), 'export FOO="$(echo built)"\n')
  await writeFile(at('.tcshrc'), `exit 0\n${readFileSync(at('.tcshrc'), 'utf8')}`)
  const variables = new Map([['FOO', 'new']])
  const wish = { scope: 'user', shells: ['bash', 'zsh', 'tcsh'], variables, paths: ['/opt/x'] } as const
  const findings = await shellSetting.verify(sys, places, wish, signal)
  expect(Object.fromEntries(findings.map(({ id, details }) => [id, details]))).toEqual({
    'shell.bash': [`login: PATH - /opt/x (${at('.profile')}:5)`],
    'shell.zsh': ['interactive', 'login-interactive'].map((start) => `${start}: FOO=built (${at('.zshrc')}:5)`),
    'shell.tcsh': ['login', 'interactive'].flatMap((start) => [
      `${start}: FOO= (${at('.tcshrc')}:1)`,
      `${start}: PATH - /opt/x (${at('.tcshrc')}:1)`,
    ]),
    'shell.environment.d': undefined,
  })
})

test("another shell's odd file is told of; only the account's own shell, and one asked for by name, spoils a run", async () => {
  const home = await openHome({ '.bashrc': '# rc\n', '.tcshrc': '# mine\n' })
  const places = { ...home, environment: { HOME: home.home, SHELL: '/bin/bash' } }
  await apply(places, { set: { FOO: 'new' } })
  const { appendFile } = await import('node:fs/promises')
  await appendFile(path.join(places.home, '.tcshrc'), 'setenv FOO odd\n')
  const wish = { scope: 'user', shells: ['bash', 'tcsh'], variables: new Map([['FOO', 'new']]), paths: [] } as const
  const severities = async (named: readonly ('bash' | 'tcsh')[]) =>
    (await shellSetting.verify(sys, places, { ...wish, named }, signal)).slice(0, 2).map(({ severity }) => severity)
  expect(await severities([])).toEqual(['ok', 'warning'])
  expect(await severities(['tcsh'])).toEqual(['ok', 'error'])
  await appendFile(path.join(places.home, '.bashrc'), 'export FOO=odd\n')
  expect(await severities([])).toEqual(['error', 'warning'])
})

test('taking the keys out again gives back every byte', async () => {
  const files = {
    '.bashrc': 'a=1',
    '.profile': '# x\r\n',
    '.zshenv': '\u00ffbytes\n',
    '.config/fish/config.fish': 'set -gx FOO 1',
  }
  const places = await openHome(files)
  const before = tree(places.home)
  const state = await shellSetting.detect(sys, places, signal)
  const wish = {
    scope: 'user',
    shells: ['bash', 'zsh', 'fish'],
    variables: new Map([['FOO', 'bar']]),
    paths: ['/opt/x'],
  } as const
  const edits = shellEdits('shell', places, state, wish)
  await put(edits, { places, sys, formats })
  expect(Object.keys(tree(places.home)).length).toBeGreaterThan(Object.keys(before).length)
  const back = edits.map((edit): Edit => ({ ...edit, before: edit.after, after: edit.before }))
  await put(back, { places, sys, formats })
  expect(tree(places.home)).toEqual(before)
})

test('our files under ZDOTDIR and XDG_CONFIG_HOME are the ones that the shells read', async () => {
  const home = await makeHome({ 'dots/zsh/.zshrc': '', 'dots/config/fish/config.fish': '' })
  homes.push(home)
  const environment = {
    HOME: home,
    ZDOTDIR: `${home}/dots/zsh`,
    XDG_CONFIG_HOME: `${home}/dots/config`,
    PATH: '/usr/bin:/bin',
  }
  const places = linuxPlaces({ environment, uid: 0, username: 'root' })
  await apply(places, { shells: ['zsh', 'fish'], set: { FOO: 'bar' } })
  expect(Object.keys(tree(home)).sort()).toEqual([
    'dots/config/environment.d/61-goready.conf',
    'dots/config/fish/conf.d/goready.fish',
    'dots/config/fish/config.fish',
    'dots/config/goready/env.sh',
    'dots/zsh/.zshenv',
    'dots/zsh/.zshrc',
  ])
  const wish = { scope: 'user', shells: ['zsh', 'fish'], variables: new Map([['FOO', 'bar']]), paths: [] } as const
  expect((await shellSetting.verify(sys, places, wish, signal)).map(({ severity }) => severity)).toEqual([
    'ok',
    'ok',
    'ok',
  ])
})

test('go env answers the chosen GOPROXY in every fresh shell, also where an export hid it', async () => {
  const places = await openHome(
    {
      '.bashrc': 'export GOPROXY=https://old.example\n',
      '.zshrc': 'export GOPROXY=https://old.example\n',
      '.config/fish/config.fish': 'set -gx GOPROXY https://old.example\n',
      '.config/go/env': '\ufeffGOPROXY=https://bom.example\r\nGOFLAGS=-mod=mod\r\n',
    },
    { GOPROXY: 'https://outer.example' },
  )
  const profile = profileSchema.parse({
    version: 1,
    sources: { go: 'https://goproxy.example|direct' },
    private: ['corp.example.com'],
    env: { set: { GOFLAGS: '-mod=mod' } },
  })
  const propose = async (wanted: typeof profile) => {
    const state = await goSetting.detect(sys, places, signal)
    const chosen = await goSetting.choose(wanted, state, () => Promise.reject(new Error('no probe')), signal)
    if (!chosen) throw new Error('nothing chosen')
    return { choice: chosen.choice, edits: goSetting.plan(state, chosen.choice, places) }
  }
  const ask = (shell: string, flag: string): string[] =>
    spawnSync(shell, [flag, '-c', 'go env GOPROXY GOPRIVATE GOFLAGS'], {
      env: { HOME: places.home, PATH: '/usr/bin:/bin', TERM: 'dumb', LANG: 'C.UTF-8' },
      cwd: places.home,
      encoding: 'utf8',
    }).stdout.split('\n')
  const first = await propose(profile)
  await put(first.edits, { places, sys, formats })
  for (const shell of ['bash', 'zsh', 'fish'])
    for (const flag of ['-l', '-i'])
      expect(ask(shell, flag)).toEqual(['https://goproxy.example|direct', 'corp.example.com', '-mod=mod', ''])
  expect(
    (await goSetting.verify(sys, places, first.choice, signal)).map(({ id, severity }) => `${id} ${severity}`),
  ).toEqual(['go.effective ok', 'go.oldHost warning'])
  expect((await propose(profile)).edits).toEqual([])

  const official = await propose(profileSchema.parse({ version: 1, sources: { go: 'official' } }))
  await put(official.edits, { places, sys, formats })
  const builtIn = spawnSync('go', ['env', 'GOPROXY'], {
    env: { HOME: places.home, PATH: '/usr/bin:/bin', GOENV: 'off' },
    encoding: 'utf8',
  })
  for (const shell of ['bash', 'zsh', 'fish']) expect(ask(shell, '-i')[0]).toBe(builtIn.stdout.trim())
  expect((await propose(profileSchema.parse({ version: 1, sources: { go: 'official' } }))).edits).toEqual([])
})

test('without anything that hides it a Go variable touches no shell file', async () => {
  const places = await openHome({ '.bashrc': '# nothing\n', '.profile': '' })
  const state = await goSetting.detect(sys, places, signal)
  const choice = {
    scope: 'user',
    values: new Map([['GOPROXY', 'off']]),
    shells: ['bash', 'zsh', 'fish'],
    imageGo: null,
  } as const
  expect(goSetting.plan(state, choice, places).map(({ target }) => target.path)).toEqual([
    `${places.home}/.config/go/env`,
  ])
})
