import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { Ground } from './fault.ts'
import type { Field } from './field.ts'
import type { Servers } from './servers.ts'

/** A machine as it is described before it is written: traits change the description, each its own part. */
export type Machine = {
  field: Field
  servers: Servers
  ground: Ground
  /** `~/.config`, or where XDG_CONFIG_HOME says; below the home. */
  config: string
  /** Whether the home is named by `--home`, or by HOME alone as for a person. */
  named: boolean
  /** Where Go's settings stand: its own file, a file that GOENV names, or variables, with GOENV=off. */
  goAt: 'file' | 'other' | 'variables'
  go: Map<string, string>
  npm: { mode: number; lines: string[] }
  pip: { path: string; lines: string[] }
  /** Other files, below the home (`home/…`) or the root (`root/…`). */
  files: Map<string, { text: string | Uint8Array; mode: number }>
  /** The files of the home are links into `~/dotfiles`. */
  dotfiles: boolean
  /** Work on the files when they are written. */
  last: ((machine: Machine) => Promise<void>)[]
}

/** A way in which a machine is unusual and well. `alone`: see `Fault`. */
export type Trait = { name: string; alone?: boolean; change(machine: Machine): void | Promise<void> }

export function emptyMachine(field: Field, servers: Servers, ground: Ground): Machine {
  return {
    ...{ field, servers, ground, config: '.config', named: true, goAt: 'file', dotfiles: false },
    go: new Map([
      ['GOPROXY', field.lab.goproxy.url],
      ['GOSUMDB', field.lab.goproxy.sumdb],
    ]),
    npm: { mode: 0o644, lines: [`registry=${field.npm.url}/`] },
    pip: { path: 'pip/pip.conf', lines: ['[global]', `index-url = ${field.pip.url}`] },
    files: new Map(),
    last: [],
  }
}

/** Puts a file on the machine. */
export function put(machine: Machine, path: string, text: string | Uint8Array, mode = 0o644): void {
  machine.files.set(path, { text, mode })
}

/** Writes what was described onto the ground, in place of what a ground has. */
export async function writeMachine(machine: Machine): Promise<void> {
  const { ground, config, npm, pip, go } = machine
  await rm(ground.home, { recursive: true })
  await mkdir(ground.home)
  if (!machine.named) {
    const [, , ...others] = ground.args
    ground.args.splice(0, ground.args.length, ...others)
    if (config !== '.config') ground.env['XDG_CONFIG_HOME'] = join(ground.home, config)
  }
  const goenv = machine.goAt === 'other' ? 'home/etc go.env' : `home/${config}/go/env`
  if (machine.goAt === 'variables') Object.assign(ground.env, Object.fromEntries(go), { GOENV: 'off' })
  else if (go.size > 0) put(machine, goenv, [...go].map(([name, value]) => `${name}=${value}\n`).join(''))
  if (machine.goAt === 'other') ground.env['GOENV'] = join(ground.home, 'etc go.env')
  put(machine, 'home/.npmrc', `${npm.lines.join('\n')}\n`, npm.mode)
  const conf = pip.path.startsWith('root/') || pip.path.startsWith('home/') ? pip.path : `home/${config}/${pip.path}`
  put(machine, conf, `${pip.lines.join('\n')}\n`)
  for (const [path, { text, mode }] of machine.files) await writeOne(machine, path, text, mode)
  for (const work of machine.last) await work(machine)
}

async function writeOne({ ground, dotfiles }: Machine, path: string, text: string | Uint8Array, mode: number) {
  const at = path.startsWith('root/') ? join(ground.root, path.slice(5)) : join(ground.home, path.slice(5))
  await mkdir(dirname(at), { recursive: true })
  await writeFile(at, text)
  await chmod(at, mode)
  if (!dotfiles || path.startsWith('root/')) return
  const real = join(ground.home, 'dotfiles', relative(ground.home, at).replaceAll('/', '_'))
  await mkdir(dirname(real), { recursive: true })
  await rename(at, real)
  await symlink(relative(dirname(at), real), at)
}
