import { chownSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyHome } from '../electron/system/copy-home.ts'
import { errorOf, eventually, profile, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { ask, asPerson, asRoot, makePeople, newer, ownersBelow, type Person, resultOf } from './unattended/seat.ts'

// Without a display, a session or a person: root's command, as a playbook, cron or a start script runs it. The accounts
// are real numbers of the kernel, the homes real folders, the shells real.

let lab: Lab
let people: Person[]
let before: Record<string, string>[]
let file: string

beforeAll(async () => {
  lab = await startLab({ start: false })
  people = makePeople(
    lab,
    ['ann', 'bob', 'cat'],
    ['svc:x:23120:23120::/home/svc:/usr/sbin/nologin', 'ghost:x:23121:23121::/home/ghost:/bin/sh'],
  )
  // What tells a machine from the others is a number of our own only where the system has none.
  writeFileSync(join(lab.root, 'etc/machine-id'), `${'a1'.repeat(16)}\n`)
  before = people.map(({ home }) => tree(home))
  file = await profile(lab, {
    sources: { go: lab.goproxy.url, sumdb: lab.goproxy.sumdb },
    env: { set: { GOFLAGS: '-mod=mod', MY_ROOM: '5 号' }, path: ['~/go/bin'], shells: ['bash', 'zsh', 'fish'] },
  })
})
afterAll(async () => {
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

const all = (...more: string[]) => ['--profile', file, '--for', 'all', '--json', ...more]
const person = (index: number): Person => people[index] ?? { name: '', uid: 0, home: '' }
/** Something that everything later is newer than. */
async function mark(): Promise<string> {
  const path = join(lab.dir, 'mark')
  writeFileSync(path, '')
  const { mtimeMs } = lstatSync(path)
  await eventually('the clock of the files has gone on', () => {
    writeFileSync(join(lab.dir, 'tick'), '')
    return lstatSync(join(lab.dir, 'tick')).mtimeMs > mtimeMs + 5
  })
  return path
}
const written = async (than: string): Promise<string[]> => [
  ...(await newer(lab.root, than)),
  ...(await newer(lab.home, than)),
]

test('for all is root’s, and asks nobody', async () => {
  expect(errorOf(await asPerson(lab, person(0), ['apply', ...all('--yes')])).code).toBe('needs-admin')
  expect(errorOf(await asRoot(lab, ['apply', ...all()])).code).toBe('no-terminal')
  expect(people.map(({ home }) => tree(home))).toEqual(before)
})

test('every account is set up by itself; one that fails stops no other, and is well once it is repaired', async () => {
  // A link of a student’s to what is root’s: root must not write through it, nor the student.
  const secret = join(lab.root, 'etc/secret')
  mkdirSync(secret)
  mkdirSync(join(person(2).home, '.config'))
  symlinkSync(secret, join(person(2).home, '.config/go'))
  chownSync(join(person(2).home, '.config'), person(2).uid, person(2).uid)
  const plan = await asRoot(lab, ['plan', ...all()])
  expect(plan.last).toMatchObject({ for: 'all', changed: true, accounts: [{ user: 'ann', changed: true }, {}, {}] })
  expect(JSON.stringify(plan.last['changes'])).toContain(`+GOPROXY=${lab.goproxy.url}`)
  const first = await asRoot(lab, ['apply', ...all('--yes')])
  expect(first.code, first.stderr).toBe(1)
  const { accounts, changed, findings } = resultOf(first)
  expect(changed).toBe(true)
  expect(accounts.map(({ user, error }) => [user, error?.code])).toEqual([
    ['ann', undefined],
    ['bob', undefined],
    ['cat', 'needs-admin'],
  ])
  expect(accounts[2]?.error?.message).toContain('.config/go')
  expect(findings).toContainEqual(expect.objectContaining({ id: 'all.away', note: expect.anything() }))
  expect(tree(secret)).toEqual(expect.not.objectContaining({ env: expect.anything() }))
  rmSync(join(person(2).home, '.config'), { recursive: true })
  const second = await asRoot(lab, ['apply', ...all('--yes')])
  expect(second.code, second.stdout).toBe(0)
  expect(resultOf(second).accounts.map(({ user, changed: did }) => [user, did])).toEqual([
    ['ann', false],
    ['bob', false],
    ['cat', true],
  ])
  for (const { home, uid } of people) expect(ownersBelow(home)).toEqual([uid])
  for (const shell of [
    ['bash', '-ic'],
    ['zsh', '-c'],
    ['fish', '-c'],
  ] as const)
    expect(await ask(shell, 'echo "$MY_ROOM"', person(1))).toBe('5 号')
})

test('a second time nothing is written anywhere', async () => {
  const than = await mark()
  const again = await asRoot(lab, ['apply', ...all('--yes')])
  expect(again.code).toBe(0)
  expect(resultOf(again)).toMatchObject({ changed: false, run: null, files: [] })
  expect((await asRoot(lab, ['plan', ...all()])).code).toBe(0)
  expect(await written(than)).toEqual([])
})

test('each account gives back its own; root gives back the others', async () => {
  expect((await asPerson(lab, person(0), ['undo', '--json'])).code).toBe(0)
  expect(tree(person(0).home)).toEqual(before[0])
  expect(tree(person(1).home)).not.toEqual(before[1])
  // What somebody has edited since is his: it is named, and the others go on.
  const edited = join(person(1).home, '.bashrc')
  const ours = readFileSync(edited)
  writeFileSync(edited, `${ours.toString()}# later\n`.replace('goready/env.sh', 'elsewhere'))
  const first = await asRoot(lab, ['undo', '--for', 'all', '--json'])
  expect(first.code).toBe(1)
  expect(first.last).toMatchObject({
    result: { accounts: [{ changed: false, error: null }, { error: { code: 'undo-conflict' } }, { changed: true }] },
  })
  writeFileSync(edited, ours)
  expect((await asRoot(lab, ['undo', '--for', 'all', '--json'])).code).toBe(0)
  expect(people.map(({ home }) => tree(home))).toEqual(before)
  expect((await asRoot(lab, ['undo', '--for', 'all', '--json'])).last).toMatchObject({ result: { changed: false } })
})

test('homes to come: a new home has it all, by its own name', async () => {
  const skel = join(lab.root, 'etc/skel')
  mkdirSync(skel)
  writeFileSync(join(skel, '.bashrc'), '# of the distribution\n')
  const were = tree(skel)
  const authority = join(lab.dir, 'room-ca.pem')
  writeFileSync(authority, readFileSync(lab.ca))
  const wanted = await profile(
    lab,
    {
      image: 'golang:1.26-alpine',
      sources: { go: lab.goproxy.url, sumdb: lab.goproxy.sumdb },
      authorities: [{ file: 'room-ca.pem', for: ['npm', 'pip', 'docker'] }],
      env: { set: { GOFLAGS: '-mod=mod', MY_ROOM: '5 号' }, path: ['~/go/bin'], shells: ['bash', 'zsh', 'fish'] },
    },
    'skel.yml',
  )
  const args = ['--profile', wanted, '--for', 'skel', '--json']
  const plan = await asRoot(lab, ['plan', ...args])
  expect(plan.code, plan.stdout).toBe(3)
  const applied = await asRoot(lab, ['apply', ...args, '--yes'])
  expect(applied.code, applied.stdout).toBe(0)
  const { findings, changed } = resultOf(applied)
  expect(changed).toBe(true)
  // Asked in a copy, by nobody: the real shells answered.
  expect(findings).toContainEqual(expect.objectContaining({ id: 'shell.bash', severity: 'ok' }))
  const left = findings.find(({ id }) => id === 'skel.left-out')
  expect(left?.note.values).toEqual({ keys: 'image, authorities: docker' })
  const texts = Object.keys(tree(skel)).flatMap((name) =>
    lstatSync(join(skel, name)).isFile() ? [readFileSync(join(skel, name), 'utf8')] : [],
  )
  for (const text of texts) expect(text).not.toMatch(/etc\/skel|\/root\/|home\//)
  const dora: Person = { name: 'dora', uid: 23_140, home: join(lab.root, 'home/dora') }
  await copyHome(skel, dora.home, { uid: dora.uid, gid: dora.uid })
  for (const shell of [
    ['bash', '-ic'],
    ['zsh', '-c'],
    ['fish', '-c'],
  ] as const)
    expect(await ask(shell, 'echo "$MY_ROOM $PATH"', dora)).toContain(`5 号 /usr/bin:/bin:${dora.home}/go/bin`)
  const go = await ask(['bash', '-ic'], 'GOTOOLCHAIN=local go env GOPROXY GOFLAGS', dora)
  expect(go.split('\n')).toEqual([lab.goproxy.url, '-mod=mod'])
  expect(await ask(['bash', '-c'], 'npm config get cafile', dora)).toBe(
    `${dora.home}/.config/goready/authorities/npm.pem`,
  )
  const own = await asPerson(lab, dora, ['plan', '--profile', file, '--json'])
  expect(own.code, own.stdout).toBe(0)
  rmSync(dora.home, { recursive: true })
  const than = await mark()
  const again = await asRoot(lab, ['apply', ...args, '--yes'])
  expect(resultOf(again).changed).toBe(false)
  expect(await written(than)).toEqual([])
  expect((await asRoot(lab, ['undo', '--for', 'skel', '--json'])).code).toBe(0)
  expect(tree(skel)).toEqual(were)
})

/** The lab's tags with Go mirrors of our choice. */
function catalogue(mirrors: readonly [url: string, status: string][]): string {
  const path = join(lab.dir, `catalogue-${mirrors.map(([, status]) => status).join('-')}.json`)
  const entries = mirrors.map(([url, status], index) => ({
    ...{ id: `m${index}`, target: 'go', name: { zh: '测试', en: 'test' }, url, status, country: null },
    ...{ since: null, limits: null, source: 'test', date: '2026-11' },
  }))
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(lab.catalogue, 'utf8')), mirrors: entries }))
  return path
}

/** Two mirrors of Go, of which the first does not answer. */
async function raced(dead: string, alive: string): Promise<string[]> {
  const wanted = await profile(
    lab,
    { sources: { go: 'auto', sumdb: lab.goproxy.sumdb }, env: { set: { MY_ROOM: '5' } }, policy: { timeout: '4s' } },
    'auto.yml',
  )
  const mirrors = catalogue([
    ['http://127.0.0.7:28999', dead],
    [lab.goproxy.url, alive],
  ])
  return ['--profile', wanted, '--for', 'all', '--json', '--catalogue', mirrors]
}

/** Only these accounts are in the passwd file from now on. */
function onlyThere(...names: string[]): void {
  const path = join(lab.root, 'etc/passwd')
  const lines = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${lines.filter((line) => names.includes(line.split(':')[0] ?? '')).join('\n')}\n`)
}

const goenv = ({ home }: Person) => readFileSync(join(home, '.config/go/env'), 'utf8')

test('auto is raced once for all accounts, written down by each, and kept', async () => {
  const passwd = readFileSync(join(lab.root, 'etc/passwd'))
  onlyThere('ann', 'bob')
  const args = await raced('upstream', 'alive')
  const than = await mark()
  const plan = await asRoot(lab, ['plan', ...args])
  expect(plan.code, plan.stdout + plan.stderr).toBe(3)
  expect(await written(than)).toEqual([])
  const applied = await asRoot(lab, ['apply', ...args, '--yes'])
  expect(applied.code, applied.stdout).toBe(0)
  expect(applied.events.filter(({ step, state }) => step === 'race' && state === 'running')).toHaveLength(1)
  for (const index of [0, 1]) expect(goenv(person(index))).toContain(`GOPROXY=${lab.goproxy.url}|direct`)
  const later = await mark()
  const again = await asRoot(lab, ['apply', ...args, '--yes'])
  expect(again.code, again.stdout + again.stderr).toBe(0)
  expect(resultOf(again).changed).toBe(false)
  expect(again.events.some(({ step }) => step === 'race')).toBe(false)
  expect(await written(later)).toEqual([])
  writeFileSync(join(lab.root, 'etc/passwd'), passwd)
})

test('the tool’s own default is kept as well, where that has won: nothing is set, and nothing is raced again', async () => {
  onlyThere('cat')
  const args = await raced('alive', 'upstream')
  const applied = await asRoot(lab, ['apply', ...args, '--yes'])
  expect(applied.code, applied.stdout + applied.stderr).toBe(0)
  expect(goenv(person(2))).not.toContain('GOPROXY')
  const later = await mark()
  const again = await asRoot(lab, ['apply', ...args, '--yes'])
  expect(again.code, again.stdout + again.stderr).toBe(0)
  expect(again.events.some(({ step }) => step === 'race')).toBe(false)
  expect(await written(later)).toEqual([])
})
