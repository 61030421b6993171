import { execFile } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { unattendedResultSchema, type UnattendedResult } from '../../electron/contract/run.ts'
import { type Desk, goready, type Outcome, type RunOptions, type Running, start } from '../harness.ts'

/** An account that stands only in the passwd file below the test's root; the kernel needs no more than its number. */
export type Person = { name: string; uid: number; home: string }

// What cron gives: no HOME, no session, no display.
const CRON: RunOptions = { uid: 0, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' } }

/** Makes accounts below a root, each with a home that has a .bashrc; `more`: lines of passwd besides. */
export function makePeople(desk: Desk, names: readonly string[], more: readonly string[] = []): Person[] {
  mkdirSync(join(desk.root, 'etc'), { recursive: true })
  mkdirSync(join(desk.root, 'home'), { recursive: true })
  const people = names.map((name, index) => ({ name, uid: 23_101 + index, home: join(desk.root, 'home', name) }))
  for (const { home, uid } of people) {
    mkdirSync(home)
    writeFileSync(join(home, '.bashrc'), '# mine\n')
    for (const path of [home, join(home, '.bashrc')]) chownSync(path, uid, uid)
    chmodSync(home, 0o700)
  }
  const lines = people.map(({ name, uid }) => `${name}:x:${uid}:${uid}:${name}:/home/${name}:/bin/bash`)
  writeFileSync(join(desk.root, 'etc/passwd'), ['root:x:0:0::/root:/bin/bash', ...lines, ...more, ''].join('\n'))
  return people
}

/** Root's command as cron or a playbook runs it. */
export const asRoot = (desk: Desk, args: readonly string[]): Promise<Outcome> => goready(desk, args, CRON)
export const startAsRoot = (desk: Desk, args: readonly string[]): Running => start(desk, args, CRON)
/** An account's own command. */
export const asPerson = (desk: Desk, { uid, home }: Person, args: readonly string[]): Promise<Outcome> =>
  goready(desk, args, { ...CRON, uid, home, cwd: '/' })

const lastSchema = z.object({ type: z.literal('done'), result: unattendedResultSchema })

/** The one document that `apply --json` ends with. */
export function resultOf(outcome: Outcome): UnattendedResult {
  const parsed = lastSchema.safeParse(outcome.last)
  if (!parsed.success) throw new Error(`${outcome.code}: ${outcome.stdout.slice(-2000)}${outcome.stderr}`)
  return parsed.data.result
}

/** Every file below a folder that is newer than another, as `find -newer` lists them. */
export async function newer(folder: string, than: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('find', [folder, '-newer', than])
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith(join(folder, '..', 'checkout')))
}

/** The numbers of the owners below a folder. */
export function ownersBelow(folder: string): number[] {
  const found = new Set<number>()
  const visit = (path: string): void => {
    const stat = lstatSync(path)
    found.add(stat.uid)
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name))
  }
  visit(folder)
  return [...found]
}

/** Asks a fresh shell of an account what a variable is. */
export async function ask(
  argv: readonly [string, ...string[]],
  script: string,
  { uid, home }: Person,
): Promise<string> {
  const [program, ...args] = argv
  const env = { HOME: home, PATH: '/usr/bin:/bin', TERM: 'dumb', LANG: 'C.UTF-8', XDG_DATA_HOME: '/dev/null' }
  const { stdout } = await promisify(execFile)(program, [...args, script], { env, cwd: home, uid, gid: uid })
  return stdout.trim()
}
