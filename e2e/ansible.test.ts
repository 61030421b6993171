import { spawn } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { classroomResultSchema, seatReportSchema } from '../electron/contract/classroom.ts'
import { errorOf, eventually, type Outcome, tree } from './harness.ts'
import { projectRoot } from './lab/cache.ts'
import { sshSeat } from './room/ssh-seat.ts'
import { smallRoom } from './room/room.ts'

const room = smallRoom(['pc1', 'pc2', 'pc3'])
const collections = join(projectRoot(), 'assets/classroom')
const collection = join(collections, 'ansible_collections/goready/classroom')
const profile = join(room.dir, 'lesson.yml')
const lesson = (more = '') =>
  `version: 1\nsources: { go: https://goproxy.example.com }\nenv: { set: { GOFLAGS: -mod=mod } }\n${more}`

const resultOf = ({ last }: Outcome) => classroomResultSchema.parse(last.result)
const states = (outcome: Outcome): string =>
  resultOf(outcome)
    .seats.map(({ seat, state }) => `${seat.name} ${state}`)
    .join(', ')
/** What the seats said, where an expectation does not hold. */
const said = (outcome: Outcome): string => JSON.stringify(resultOf(outcome).seats.map(({ report }) => report))
const reportOf = (seat: string) =>
  seatReportSchema.parse(JSON.parse(readFileSync(join(room.folder, 'reports', `${seat}.json`), 'utf8')))
const homes = () => ['pc1', 'pc2', 'pc3'].map((seat) => tree(room.home(seat), true))

/** One of Ansible's own programs; answers what it said where it was not content. */
function ask(argv: readonly [string, ...string[]], cwd: string): Promise<string> {
  const [program, ...args] = argv
  const env = { ...room.env, PATH: process.env.PATH ?? '', ANSIBLE_COLLECTIONS_PATH: collections, NO_COLOR: '1' }
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    child.on('error', reject)
    child.on('close', (code) => resolve(code === 0 ? '' : `${program} ${args.join(' ')}: ${code}\n${said}`))
  })
}

beforeAll(async () => {
  const seats = join(room.dir, 'seats.txt')
  writeFileSync(seats, 'pc[1-3] 127.0.0.1:220[1-3]\n')
  writeFileSync(profile, lesson())
  const made = await room.run(
    'classroom',
    'init',
    room.folder,
    '--seats',
    seats,
    '--profile',
    profile,
    '--waves',
    '1,100%',
    '--json',
  )
  expect(made.code).toBe(0)
})
afterAll(() => room.remove())

test('Ansible’s own checks have nothing to say about the collection and about a written room', async () => {
  const books = ['playbook.yml', 'undo.yml']
  const modules = ['goready.classroom.goready', 'goready.classroom.report']
  const [lint, ...rest] = await Promise.all([
    ask(['ansible-lint', '--offline', '--nocolor', '-q'], collection),
    ask(['yamllint', '--strict', '.'], collection),
    ask(
      ['yamllint', '-d', '{extends: default, rules: {line-length: {max: 140}}}', ...books, 'inventory.yml'],
      room.folder,
    ),
    ask(['ansible-playbook', '--syntax-check', ...books], room.folder),
    ask(['ansible-doc', '--type', 'module', ...modules], room.folder),
    ask(
      [
        'python3',
        '-c',
        'import ast,sys\nfor f in sys.argv[1:]: ast.parse(open(f).read(), f, feature_version=(3, 6))',
        ...python(),
      ],
      collection,
    ),
  ])
  expect(lint).toBe('')
  expect(rest).toEqual(['', '', '', '', ''])
})

function python(): string[] {
  const files = readdirSync(join(collection, 'plugins'), { recursive: true, encoding: 'utf8' })
  return files.flatMap((name) => (name.endsWith('.py') ? [join(collection, 'plugins', name)] : []))
}

test('a room is set up, is left alone by a second run, tried without changing, and given back', async () => {
  const before = homes()
  const first = await room.run('classroom', 'run', room.folder, '--json')
  expect([first.code, states(first)], said(first)).toEqual([0, 'pc1 well, pc2 well, pc3 well'])
  expect(resultOf(first).seats.map(({ wave }) => wave)).toEqual([1, 2, 2])
  expect(reportOf('pc2')).toMatchObject({ state: 'well', step: 'check', changed: true, verdict: 'ready', error: null })
  expect(reportOf('pc2').program).toMatch(/^\d+\.\d+\.\d+/)
  expect(readFileSync(join(room.home('pc2'), '.config/go/env'), 'utf8')).toContain(
    'GOPROXY=https://goproxy.example.com',
  )
  expect(first.events.some(({ type }) => type === 'seats')).toBe(true)

  const settled = homes()
  const second = await room.run('classroom', 'run', room.folder, '--json')
  expect([second.code, resultOf(second).seats.map(({ report }) => report?.changed)]).toEqual([0, [false, false, false]])
  expect(homes()).toEqual(settled)

  writeFileSync(profile, lesson('private: [corp.example.com]\n'))
  await room.run('classroom', 'init', room.folder, '--profile', profile, '--json')
  const tried = await room.run('classroom', 'run', room.folder, '--check', '--only', 'pc1,pc3', '--json')
  expect([tried.code, states(tried)]).toEqual([3, 'pc1 well, pc3 well'])
  expect(tried.stdout).toContain('+GOPRIVATE=corp.example.com')
  expect(homes()).toEqual(settled)
  expect(reportOf('pc1').changed).toBe(false)

  const undone = await room.run('classroom', 'undo', room.folder, '--json')
  expect([undone.code, states(undone)]).toEqual([0, 'pc1 given-back, pc2 given-back, pc3 given-back'])
  expect(homes().map((home) => Object.keys(home))).toEqual(before.map((home) => Object.keys(home)))
})

test('a wave that fails is the last one; what was held and why is told in every form', async () => {
  room.vary('pc1', { goready_executable: ['/nowhere/goready'] })
  const run = await room.run('classroom', 'run', room.folder, '--json')
  expect([run.code, states(run), resultOf(run).stopped]).toEqual([1, 'pc1 failed, pc2 held, pc3 held', true])
  expect(resultOf(run).seats[0]?.reason?.key).toBe('room:reason.no-program')
  const status = await room.run('classroom', 'status', room.folder, '--lang', 'en')
  expect([status.code, status.stdout]).toEqual([
    1,
    expect.stringMatching(/pc1 +failed +GoReady is not installed[^\n]*\npc2 +held back/),
  ])
  const csv = await room.run('classroom', 'report', room.folder, '--lang', 'en')
  expect(csv.stdout).toContain('pc3,127.0.0.1,linux,held back,')
  room.vary('pc1', {})
  const again = await room.run('classroom', 'run', room.folder, '--json')
  expect([again.code, states(again)], said(again)).toEqual([0, 'pc1 well, pc2 well, pc3 well'])
})

test('a kit stands in for the profile, and is given back; so is what was done for all accounts', async () => {
  const program = join(room.dir, 'told')
  const notes = join(room.dir, 'said.txt')
  const done = (result: string) => `echo '{"type":"done","result":{"changed":true,"files":[],${result}}}'`
  const answers = [
    `kit) ${done('"run":"20261201T080000Z-1f3a"')};;`,
    `apply) ${done('"run":null,"accounts":[]')};;`,
    `undo) ${done('"run":null,"restored":[]')};;`,
    `check) echo '{"verdict":"ready","findings":[]}';;`,
  ]
  writeFileSync(program, `#!/bin/sh\necho "$*" >>'${notes}'\ncase $1 in\n${answers.join('\n')}\nesac\n`)
  chmodSync(program, 0o755)
  const seat = { goready_executable: [program], goready_become: false, goready_folder: join(room.dir, 'told-room') }
  const go = async (...words: string[]) => {
    rmSync(notes, { force: true })
    const ended = await room.run('classroom', ...words, room.folder, '--only', 'pc1', '--json')
    expect(ended.code, said(ended)).toBe(0)
    const lines = readFileSync(notes, 'utf8').split('\n')
    return lines.flatMap((line) => (/^(kit|apply|undo) /.test(line) ? [line.replace(/ --json.*/, '')] : []))
  }
  room.vary('pc1', { ...seat, goready_kit: '/media/stick/kit' })
  expect(await go('run')).toEqual(['kit use /media/stick/kit --yes'])
  expect(await go('undo')).toEqual(['undo --on-conflict keep --run 20261201T080000Z-1f3a'])

  room.vary('pc1', seat)
  await room.run('classroom', 'init', room.folder, '--for', 'all', '--json')
  expect(await go('run')).toEqual([expect.stringMatching(/^apply --profile .* --yes --for all$/)])
  expect(await go('undo')).toEqual(['undo --on-conflict keep --for all'])
  await room.run('classroom', 'init', room.folder, '--for', 'user', '--json')
  room.vary('pc1', {})
})

test('a room that is called off ends what runs on its seats', async () => {
  const slow = join(room.dir, 'slow')
  const notes = join(room.dir, 'notes')
  writeFileSync(
    slow,
    `#!/bin/sh\n[ "$1" = apply ] || exit 0\ntrap 'echo ended >>"${notes}"; exit 4' TERM\necho begun >>"${notes}"\nwhile :; do sleep 0.1; done\n`,
  )
  chmodSync(slow, 0o755)
  room.vary('pc1', { goready_executable: [slow] })
  const run = room.begin('classroom', 'run', room.folder, '--only', 'pc1', '--json')
  await eventually('the seat is at work', () => existsSync(notes))
  run.interrupt()
  const ended = await run.done
  expect([ended.code, errorOf(ended).code]).toEqual([4, 'cancelled'])
  expect(ended.stdout).toContain('room:reason.cancelled')
  await eventually('the seat has ended it', () => readFileSync(notes, 'utf8') === 'begun\nended\n')
  room.vary('pc1', {})
})

test('a seat over ssh: a script for Windows, a key that changed, an account that is not let in', async () => {
  const bin = join(room.dir, 'bin')
  mkdirSync(bin)
  copyFileSync(join(projectRoot(), 'e2e/room/powershell.py'), join(bin, 'PowerShell'))
  writeFileSync(join(bin, 'chcp.com'), '#!/bin/sh\n')
  for (const name of ['PowerShell', 'chcp.com']) chmodSync(join(bin, name), 0o755)
  const seat = await sshSeat(join(room.dir, 'ssh'), bin)
  try {
    const list = join(room.dir, 'win.txt')
    writeFileSync(list, `name,address,user,system\nwin-1,127.0.0.1:${seat.port},root,windows\n`)
    await room.run('classroom', 'init', room.folder, '--seats', list, '--json')
    const vary = (key: string) =>
      room.vary('win-1', { ansible_connection: 'ssh', ansible_ssh_private_key_file: key, goready_wait: 1 })
    vary(seat.key)
    const run = await room.run('classroom', 'run', room.folder, '--json')
    expect([run.code, states(run)], said(run)).toEqual([0, 'win-1 well'])
    expect(readdirSync(join(seat.home, '.goready-room')).toSorted()).toEqual(['goready-seat.ps1', 'profile'])
    expect(readFileSync(join(seat.home, 'told.txt'), 'utf8')).toContain(
      '-File .goready-room\\goready-seat.ps1 -Print -Action apply',
    )
    expect(readFileSync(join(room.folder, 'known_hosts'), 'utf8')).toContain(`[127.0.0.1]:${seat.port}`)

    const reason = async () =>
      resultOf(await room.run('classroom', 'run', room.folder, '--json')).seats.map(
        ({ state, reason: why }) => `${state} ${why?.key}`,
      )
    vary(join(room.dir, 'ssh/host'))
    expect(await reason()).toEqual(['unreachable room:reason.denied'])
    const known = readFileSync(join(room.folder, 'known_hosts'), 'utf8')
    const other = readFileSync(`${seat.key}.pub`, 'utf8').split(' ')[1] ?? ''
    writeFileSync(join(room.folder, 'known_hosts'), known.replace(/(ssh-ed25519) \S+/g, `$1 ${other}`))
    vary(seat.key)
    expect(await reason()).toEqual(['unreachable room:reason.host-key'])
    rmSync(join(room.folder, 'known_hosts'))
  } finally {
    await seat.stop()
  }
})
