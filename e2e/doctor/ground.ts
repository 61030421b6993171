import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type CheckUp, checkUpSchema } from '../../electron/contract/doctor.ts'
import { tree } from '../harness.ts'
import type { Lab } from '../lab/lab.ts'
import type { Ground } from './fault.ts'
import type { Field } from './field.ts'
import { hung } from './matrix.ts'

/** `alone`: nobody else stands on the field meanwhile, so the servers and the engine may be broken as well. */
export type GroundOptions = {
  alone: boolean
  /** The home's own name. */
  name?: string
}

export type Opened = {
  ground: Ground
  /** Takes back what the fault planted, in reverse, and removes the ground. */
  close(): Promise<void>
}

/** A home and a root on the field, well in every way: Go, npm and pip use the lab's servers, the engine the registry. */
export async function openGround(field: Field, { alone, name = 'home' }: GroundOptions): Promise<Opened> {
  const { lab } = field
  const dir = await mkdtemp(join(field.dir, 'g-'))
  const home = join(dir, name)
  const root = alone ? lab.root : await rootOf(dir, lab)
  const catalogue = join(dir, 'catalogue.json')
  const after: (() => Promise<void>)[] = []
  await mkdir(join(home, '.config/go'), { recursive: true })
  await mkdir(join(home, '.config/pip'))
  const write = (file: string, lines: readonly string[]): Promise<void> =>
    writeFile(join(home, file), `${lines.join('\n')}\n`)
  await Promise.all([
    write('.config/go/env', [`GOPROXY=${lab.goproxy.url}`, `GOSUMDB=${lab.goproxy.sumdb}`]),
    write('.npmrc', [`registry=${field.npm.url}/`]),
    write('.config/pip/pip.conf', ['[global]', `index-url = ${field.pip.url}`]),
    writeCatalogue(catalogue, lab),
  ])
  const ground: Ground = {
    ...{ dir, home, root, catalogue, npm: field.npm, pip: field.pip },
    env: { PATH: field.path, LANG: 'C.UTF-8', HOME: home },
    args: ['--home', home, '--root', root, '--catalogue', catalogue],
    wrap: [],
    lab: alone ? lab : shared(lab),
    after: (work) => void after.push(work),
  }
  return {
    ground,
    async close() {
      try {
        for (const work of after.toReversed()) await work()
        if (alone) await field.restore()
        const strayed = await field.strayed()
        if (strayed !== '') throw new Error(`a fault that is not alone changed the engine's root:\n${strayed}`)
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    },
  }
}

/** A root of its own, below which the engine's folders are the lab's. */
async function rootOf(dir: string, lab: Lab): Promise<string> {
  const root = join(dir, 'root')
  await mkdir(join(root, 'etc'), { recursive: true })
  await mkdir(join(root, 'var'))
  await symlink(join(lab.root, 'run'), join(root, 'run'))
  await symlink('../run', join(root, 'var/run'))
  await symlink(join(lab.root, 'etc/docker'), join(root, 'etc/docker'))
  return root
}

/** The lab's tags, and nobody to be asked besides: there is no way out of the lab. */
async function writeCatalogue(path: string, lab: Lab): Promise<void> {
  const tags: unknown = JSON.parse(await readFile(lab.catalogue, 'utf8'))
  await writeFile(path, JSON.stringify({ ...Object(tags), witnesses: { resolvers: [] } }))
}

/** The lab for those who share it: what would break it for the others says so. */
function shared(lab: Lab): Lab {
  const refuse = (): never => {
    throw new Error('others use the lab meanwhile: give this fault `alone: true`')
  }
  const faults = { throttle: refuse, cutAfter: refuse, status: refuse, stall: refuse, reset: refuse, clear: refuse }
  return {
    ...lab,
    goproxy: { ...lab.goproxy, faults },
    registry: { ...lab.registry, faults },
    startDocker: refuse,
    stopDocker: refuse,
  }
}

export type Said = { code: number | null; stdout: string; stderr: string; ms: number }

/** Runs the command line on a ground to its end, at most a minute. Never blocks: the servers run in this process. */
export function say(field: Field, ground: Ground, args: readonly string[]): Promise<Said> {
  const [program, ...argv] = [...ground.wrap, process.execPath, field.program, ...args, ...ground.args]
  const started = performance.now()
  const child = spawn(program ?? '', argv, { cwd: ground.dir, env: ground.env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  const end = setTimeout(() => child.kill('SIGKILL'), 60_000)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(end)
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        ms: Math.round(performance.now() - started),
      })
    })
  })
}

export type Checked = { code: number | null; ms: number; stderr: string; checkUp: CheckUp }

/** `check --json` on a ground. Throws with what was said when that is no check-up. */
export async function check(field: Field, ground: Ground, args: readonly string[] = []): Promise<Checked> {
  const { code, ms, stdout, stderr } = await say(field, ground, ['check', '--json', ...args])
  const found = documents(stdout).flatMap(({ type, result }) =>
    type === 'done' ? [checkUpSchema.safeParse(result).data] : [],
  )[0]
  if (found === undefined) throw new Error(`check ended with ${code}: ${stderr.trim()} ${stdout.slice(-2000)}`)
  return { code, ms, stderr, checkUp: found }
}

const documentSchema = z.looseObject({ type: z.string().optional(), result: z.unknown().optional() })

/** The JSON documents that a command said, a line each. */
export const documents = (text: string): readonly z.infer<typeof documentSchema>[] =>
  text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [documentSchema.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })

/**
 * As `check`, for a test of what is said: where a check was late although nothing stalls, the machine had other things
 * to do, and is looked at again, at most twice.
 */
export async function checkCalmly(field: Field, ground: Ground, stalls = false): Promise<Checked> {
  for (let left = 2; ; left--) {
    const checked = await check(field, ground)
    if (stalls || left === 0 || hung({}, checked).length === 0) return checked
  }
}

/** Home and root as comparable data, without the records and without what runs. */
export function look({ home, root }: Ground): Readonly<Record<string, string>> {
  const entries: Record<string, string> = {}
  for (const [name, folder] of Object.entries({ home, root }))
    for (const [path, what] of Object.entries(tree(folder)))
      if (name === 'home' || !/^run\/./.test(path)) entries[`${name}/${path}`] = what
  return entries
}
