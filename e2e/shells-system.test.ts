import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answers, ask, askSystemd, REAL_SHELLS } from './shells/ask.ts'
import { differences, touchedBy, treeOf } from './shells/tree.ts'

const NAMES = ['GREETING', 'GOPRIVATE', 'PATH'] as const
const GREETING = `it's "$(touch canary)" !! \\ 你好 $HOME`

let folder = ''
let home = ''
let env: Record<string, string> = {}
/** Everything runs with copies of the files of all users in their places: this machine's own are never written. */
let inside: readonly string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-system-'))
  home = join(folder, 'home')
  mkdirSync(join(home, '.local/state'), { recursive: true })
  mkdirSync(join(home, '.local/share'))
  mkdirSync(join(home, '.config/fish'), { recursive: true })
  spawnSync('cp', ['-a', '/etc', join(folder, 'etc')])
  spawnSync('cp', ['-a', '/usr/share/fish/vendor_conf.d', join(folder, 'vendor_conf.d')])
  inside = ['unshare', '--mount', '--propagation', 'private', '--', 'sh', 'e2e/with-etc.sh', folder].map((word) =>
    word.startsWith('e2e/') ? join(import.meta.dirname, '..', word) : word,
  )
  env = { HOME: home, USER: 'root', PATH: '/usr/local/bin:/usr/bin:/bin', TERM: 'dumb', LANG: 'C.UTF-8' }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

type Outcome = { code: number | null; text: string; last: Record<string, unknown> }

function goready(...args: readonly string[]): Promise<Outcome> {
  const [first = '', ...rest] = [...inside, process.execPath, join(import.meta.dirname, '../out/node/cli.js'), ...args]
  const child = spawn(first, [...rest, '--json'], { env })
  let text = ''
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const last: unknown = JSON.parse(text.trim().split('\n').at(-1) ?? '')
      resolve({ code, text, last: typeof last === 'object' && last !== null ? { ...last } : {} })
    })
  })
}

function apply(content: Record<string, unknown>): Promise<Outcome> {
  const profile = join(folder, 'profile.yml')
  writeFileSync(profile, JSON.stringify({ version: 1, ...content }))
  return goready('apply', '--profile', profile, '--yes')
}

const forAll = (value = GREETING) => ({
  private: ['corp.example.com'],
  env: { scope: 'system', set: { GREETING: value }, path: ['~/go/bin', '/opt/a b'] },
})

async function askAll(): Promise<ReadonlyMap<string, Answers>> {
  const questions = REAL_SHELLS.flatMap((shell) => shell.starts.map((flags) => ({ shell, flags })))
  const answers = await Promise.all(
    questions.map(async ({ shell, flags }) => {
      const answer = await ask(shell, flags, { ...env, XDG_DATA_HOME: '/dev/null' }, NAMES, inside)
      return [`${shell.program} ${flags.join(' ')}`, answer] as const
    }),
  )
  return new Map([...answers, ['systemd', await askSystemd(env, NAMES, inside)] as const])
}

test('for all users: every real shell has it, login and not; again nothing; undo is exact', async () => {
  const parts = ['etc', 'vendor_conf.d', 'home'].map((name) => join(folder, name))
  const before = parts.map(treeOf)
  const answers = await askAll()
  const applied = await apply(forAll())
  expect(applied.code, applied.text).toBe(0)
  expect(applied.last).toMatchObject({ result: { changed: true } })
  expect(applied.text).not.toMatch(/"severity":"(error|warning)"/)
  const after = parts.map(treeOf)
  // Go's variables stand where all users have them, not in one user's file.
  expect(differences(before[2] ?? new Map(), after[2] ?? new Map())).toEqual([])
  expect(differences(before[0] ?? new Map(), after[0] ?? new Map()).toSorted()).toEqual(
    [
      ...['bash.bashrc', 'csh.cshrc', 'environment.d', 'environment.d/60-goready.conf', 'profile.d'],
      ...['profile.d/goready.csh', 'profile.d/goready.sh', 'zsh', 'zsh/zshenv', ''],
    ].toSorted(),
  )
  for (const [start, answer] of await askAll()) {
    expect(answer, start).toMatchObject({ GREETING, GOPRIVATE: 'corp.example.com' })
    expect(answer['PATH']?.split(':'), start).toEqual(expect.arrayContaining([`${home}/go/bin`, '/opt/a b']))
  }
  const again = await apply(forAll())
  expect(again.last, again.text).toMatchObject({ result: { changed: false } })
  expect((await goready('undo')).code).toBe(0)
  for (const [index, part] of parts.entries()) {
    const [was, is] = [before[index], after[index]]
    if (was === undefined || is === undefined) throw new Error('no tree')
    expect(differences(was, treeOf(part), touchedBy(was, is))).toEqual([])
  }
  expect(await askAll()).toEqual(answers)
})

test('what the user exports himself wins over what is for all, and is told with its line', async () => {
  writeFileSync(join(home, '.bashrc'), '# mine\nexport GREETING=mine\n')
  writeFileSync(join(home, '.zshenv'), 'export GOPRIVATE=other.example\n')
  const { code, text } = await apply(forAll())
  expect(code, text).toBe(0)
  expect(text).toContain(`interactive: GREETING=mine (${home}/.bashrc:2)`)
  expect(text).toContain(`login: GOPRIVATE=other.example (${home}/.zshenv:1)`)
})

test('the default for all takes our export away; where another file sets the variable, ours is empty', async () => {
  expect((await apply(forAll())).code).toBe(0)
  const none = await apply({ private: [], env: { scope: 'system' } })
  expect(none.code, none.text).toBe(0)
  for (const [start, answer] of await askAll()) expect(answer['GOPRIVATE'], start).toBeNull()
  appendFileSync(join(folder, 'etc/bash.bashrc'), 'export GOPRIVATE=foreign.example\n')
  const hidden = await apply({ private: [], env: { scope: 'system' } })
  expect(hidden.last, hidden.text).toMatchObject({ result: { changed: true } })
  const [, bash] = REAL_SHELLS[0]?.starts ?? []
  if (REAL_SHELLS[0] === undefined || bash === undefined) throw new Error('no bash')
  expect((await ask(REAL_SHELLS[0], bash, env, NAMES, inside))['GOPRIVATE']).toBe('')
})

test("the user's own choice afterwards wins in every shell, also in fish, which reads the vendor's folder last", async () => {
  expect((await apply(forAll('for all'))).code).toBe(0)
  const own = await apply({ private: ['mine.example.com'], env: { set: { GREETING: 'my own' } } })
  expect(own.code, own.text).toBe(0)
  expect(own.text).not.toContain('"severity":"error"')
  for (const [start, answer] of await askAll()) {
    expect(answer['GREETING'], start).toBe('my own')
    // systemd's file for all keeps Go's variable: the user's is in Go's own file, which graphical programs read, too.
    if (start !== 'systemd') expect(answer['GOPRIVATE'], start).toBe('mine.example.com')
  }
})
