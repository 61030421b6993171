import { symlink } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { realSystem } from '../../system/real.ts'
import { goSetting } from '../go/setting.ts'
import { makeHome, removeHome } from '../test-home.ts'
import { detectShells } from './detect.ts'
import { shellEdits } from './edits.ts'
import { sourceLine } from './families.ts'

const sys = realSystem()
const { signal } = new AbortController()
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await removeHome(folder)
})

async function made(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeHome(files)
  folders.push(folder)
  return folder
}

const WISH = { variables: new Map([['FOO', 'bar']]), paths: [] }

test('the line of each family reads our file from wherever the home is', () => {
  expect(sourceLine('csh', '~/.config/goready/env.csh')).toBe(
    `if ( -f "$HOME"/'.config/goready/env.csh' ) source "$HOME"/'.config/goready/env.csh'`,
  )
  expect(sourceLine('powershell', '~/.config/goready/env.ps1')).toBe(
    `if (Test-Path -LiteralPath ("$HOME/" + '.config/goready/env.ps1')) { . ("$HOME/" + '.config/goready/env.ps1') }`,
  )
  expect(sourceLine('powershell', "/opt/it's/env.ps1")).toBe(
    `if (Test-Path -LiteralPath '/opt/it''s/env.ps1') { . '/opt/it''s/env.ps1' }`,
  )
})

test('for all users: only files that do not read our folder by themselves are told, by their name inside the root', async () => {
  const fedora = await made({
    'etc/bashrc': '# mine\nfor i in /etc/profile.d/*.sh; do . "$i"; done\n',
    'etc/csh.cshrc': '# foreach i ( /etc/profile.d/*.csh )\n',
    'etc/zshenv': '',
  })
  const places = linuxPlaces({ root: fedora, home: await made({}), environment: {}, uid: 0, username: 'root' })
  const state = await detectShells(sys, places, signal)
  const wish = { ...WISH, scope: 'system', shells: ['bash', 'zsh', 'tcsh', 'fish', 'sh'] } as const
  const edits = shellEdits('shell', places, state, wish)
  expect(edits.map(({ target }) => path.relative(fedora, target.path)).toSorted()).toEqual([
    'etc/csh.cshrc',
    'etc/profile.d/goready.csh',
    'etc/profile.d/goready.sh',
    'etc/zshenv',
    'usr/share/fish/vendor_conf.d/goready-system.fish',
  ])
  expect(edits.find(({ target }) => target.path.endsWith('/zshenv'))?.after).toBe(
    "if [ -f '/etc/profile.d/goready.sh' ]; then . '/etc/profile.d/goready.sh'; fi",
  )
})

test('for all users: Go variables are exported and the GOENV file is left alone', async () => {
  const root = await made({ 'etc/zsh/zshenv': '' })
  const places = linuxPlaces({ root, home: await made({}), environment: {}, uid: 0, username: 'root' })
  const state = await goSetting.detect(sys, places, signal)
  const values = new Map([['GOPRIVATE', 'corp.example.com']])
  const edits = goSetting.plan(state, { scope: 'system', values, shells: ['zsh'], imageGo: null }, places)
  expect(edits.map(({ target, key }) => `${path.relative(root, target.path)} ${key}`)).toEqual([
    'etc/profile.d/goready.sh var:GOPRIVATE',
    'etc/zsh/zshenv source',
  ])
})

test('csh that is tcsh reads .tcshrc, and .cshrc only where there is none', async () => {
  const files = async (home: string): Promise<readonly string[]> => {
    const bin = await made({})
    await symlink('/bin/tcsh', path.join(bin, 'csh'))
    const environment = { HOME: home, PATH: `${bin}:/usr/bin:/bin` }
    const places = linuxPlaces({ environment, uid: 0, username: 'root' })
    const state = await detectShells(sys, places, signal)
    const wish = { ...WISH, scope: 'user', shells: ['csh', 'tcsh'] } as const
    const edits = shellEdits('shell', places, state, wish)
    return [...new Set(edits.map(({ target }) => path.relative(home, target.path)))]
  }
  expect(await files(await made({ '.tcshrc': '', '.cshrc': '' }))).toEqual(['.config/goready/env.csh', '.tcshrc'])
  expect(await files(await made({ '.cshrc': '' }))).toEqual(['.config/goready/env.csh', '.cshrc'])
})

test('ZDOTDIR: given, set by .zshenv in plain words or in worked-out ones, and what is not to be known', async () => {
  const find = async (files: Record<string, string>, environment: Record<string, string> = {}, shells = '/bin') => {
    const home = await made(files)
    const given = Object.entries(environment).map(([name, value]) => [name, value.replace('~', home)])
    const env = { HOME: home, PATH: shells, ...Object.fromEntries(given) }
    const places = linuxPlaces({ environment: env, uid: 0, username: 'root' })
    const none = { ...places, shells: { ...places.shells, zsh: { ...places.shells.zsh, programs: [] } } }
    const { zdotdir } = await detectShells(sys, none, signal)
    const short = (folder: string): string => folder.replace(home, '~')
    return { ...zdotdir, first: short(zdotdir.first), rest: short(zdotdir.rest) }
  }
  const at = (first: string, rest: string, more = {}) => ({ first, rest, derived: false, known: true, ...more })
  expect(await find({})).toEqual(at('~', '~'))
  expect(await find({}, { ZDOTDIR: '~/z' })).toEqual(at('~/z', '~/z'))
  for (const plain of [
    'export ZDOTDIR="$HOME/z"',
    'ZDOTDIR=~/z/',
    'export ZDOTDIR=${HOME}/z # here',
    ': ${ZDOTDIR:=$HOME/z}',
  ])
    expect(await find({ '.zshenv': `${plain}\n` }), plain).toEqual(at('~', '~/z'))
  expect(await find({ '.zshenv': 'export ZDOTDIR="${XDG_CONFIG_HOME:-$HOME/.config}/zsh"\n' })).toEqual(
    at('~', '~/.config/zsh'),
  )
  // Started from a zsh whose .zshenv has set it: a fresh session begins without it.
  expect(await find({ '.zshenv': 'ZDOTDIR=$HOME/z\n' }, { ZDOTDIR: '~/z' })).toEqual(at('~', '~/z', { derived: true }))
  const built = { '.zshenv': 'export ZDOTDIR="$(echo $HOME)/z"\n' }
  expect(await find(built)).toEqual(at('~', '~/z'))
  expect(await find(built, {}, '/nowhere')).toEqual(at('~', '~', { known: false }))
})
