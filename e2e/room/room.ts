import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { goready, type Outcome, type RunOptions, start } from '../harness.ts'
import { projectRoot } from '../lab/cache.ts'

/** Seats that are homes of this machine: Ansible reaches them without a network. */
export type SmallRoom = {
  dir: string
  folder: string
  home(seat: string): string
  /** Variables of one seat, for Ansible. */
  vary(seat: string, variables: Record<string, unknown>): void
  run(...args: readonly string[]): Promise<Outcome>
  begin(...args: readonly string[]): ReturnType<typeof start>
  env: Record<string, string>
  remove(): void
}

export function smallRoom(seats: readonly string[]): SmallRoom {
  const dir = mkdtempSync(join(tmpdir(), 'goready-room-'))
  const folder = join(dir, 'room 1')
  const desk = { dir, home: join(dir, 'teacher'), root: join(dir, 'root'), catalogue: join(dir, 'none') }
  const env = { HOME: desk.home, ANSIBLE_HOME: join(dir, 'ansible'), LANG: 'C.UTF-8' }
  const options: RunOptions = { env }
  for (const path of [desk.home, desk.root, join(folder, 'host_vars')]) mkdirSync(path, { recursive: true })
  writeFileSync(desk.catalogue, '{"version":1,"date":"2026-11-30"}')
  const home = (seat: string): string => join(dir, seat)
  const vary = (seat: string, variables: Record<string, unknown>): void =>
    writeFileSync(join(folder, 'host_vars', `${seat}.yml`), stringify({ ...own(seat), ...variables }))
  const own = (seat: string) => ({
    ansible_connection: 'local',
    goready_executable: [join(dir, `goready-${seat}`)],
    goready_folder: join(home(seat), 'room'),
    goready_only: ['files'],
  })
  for (const seat of seats) {
    mkdirSync(join(home(seat), 'root'), { recursive: true })
    const cli = join(projectRoot(), 'out/node/cli.js')
    const program = join(dir, `goready-${seat}`)
    writeFileSync(
      program,
      `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@" --home '${home(seat)}' --root '${home(seat)}/root'\n`,
    )
    chmodSync(program, 0o755)
    vary(seat, {})
  }
  return {
    dir,
    folder,
    home,
    vary,
    env,
    run: (...args) => goready(desk, args, options),
    begin: (...args) => start(desk, args, options),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
