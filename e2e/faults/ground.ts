import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readRuns } from '../../electron/core/journal.ts'
import { undoable } from '../../electron/core/standing.ts'
import { createEngine, type Engine } from '../../electron/engine.ts'
import { realSystem } from '../../electron/system/real.ts'
import { type Desk, profile } from '../harness.ts'
import type { Scenario } from './scenarios.ts'
import { type Injection, type Traced, traced } from './traced.ts'

const RECORDS = '.local/state/goready'
/** What a run writes beside a file until it is renamed. */
const TEMPORARY = /\.goready-\d{8}T|\.jsonl\.mended$/

export type Look = Readonly<Record<string, string>>

/** Kind, mode, owner, link target and content of everything in the home and under the root; `whole`: and attributes. */
export function look(desk: Desk, whole: boolean): Look {
  const entries: Record<string, string> = {}
  const visit = (path: string): void => {
    if (path.endsWith(RECORDS)) return
    const stat = lstatSync(path)
    const name = relative(desk.dir, path)
    const rights = rightsOf(stat)
    if (stat.isSymbolicLink()) entries[name] = `link ${rights} ${readlinkSync(path)}`
    else if (stat.isDirectory()) {
      // The folders of the records stay: the history is kept.
      if (!name.endsWith('/.local') && !name.endsWith('/.local/state')) entries[name] = `dir ${rights}`
      for (const child of readdirSync(path)) visit(join(path, child))
    } else entries[name] = fileLook(stat, readFileSync(path))
  }
  for (const folder of [desk.home, desk.root]) visit(folder)
  return whole ? { ...entries, attributes: attributes(desk) } : entries
}

type Rights = { mode: number; uid: number; gid: number }
const rightsOf = ({ mode, uid, gid }: Rights): string => `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
const fileLook = (rights: Rights, bytes: Uint8Array): string =>
  `file ${rightsOf(rights)} ${createHash('sha256').update(bytes).digest('hex')}`

/** Extended attributes, access lists among them. The records have none. */
function attributes({ dir, home, root }: Desk): string {
  const options = ['--recursive', '--physical', '--no-dereference', '--dump', '--match=-', '--encoding=hex']
  const text = execFileSync('getfattr', [...options, '--absolute-names', home, root], { encoding: 'utf8' })
  return text.replaceAll(`${dir}/`, '').split('\n\n').sort().join('\n')
}

/** What stands neither as before nor as after. Temporary files are allowed where `running` was cut off. */
export function torn(now: Look, before: Look, after: Look, running: boolean): readonly string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before), ...Object.keys(after)])
  names.delete('attributes')
  const holdsSomething = (name: string): boolean =>
    [...names].some((other) => other.startsWith(`${name}/`) && now[other] !== undefined)
  // Between mkdir and chown a folder is root's; it is empty then, and the next start takes it away.
  const unfinished = (name: string): boolean =>
    before[name] === undefined && now[name]?.startsWith('dir') === true && !holdsSomething(name)
  const allowed = (name: string): boolean => running && (TEMPORARY.test(name) || unfinished(name))
  return [...names].filter((name) => now[name] !== before[name] && now[name] !== after[name] && !allowed(name))
}

/** A desk of its own with a scenario on it, that can be put back to how it was at any time. */
export class Ground {
  readonly desk: Desk
  readonly scenario: Scenario
  private profile = ''

  constructor(dir: string, catalogue: string, scenario: Scenario) {
    this.scenario = scenario
    this.desk = { dir, home: join(dir, 'home'), root: join(dir, 'root'), catalogue }
    for (const path of [this.desk.home, this.desk.root]) mkdirSync(path, { recursive: true })
  }

  /** Builds the scenario and keeps it. */
  async prepare(): Promise<void> {
    const { scenario, desk } = this
    scenario.prepare(desk)
    if (scenario.earlier) {
      const path = await profile(desk, scenario.earlier(desk), 'earlier.yml')
      const { code, stderr } = await traced(desk, ['apply', '--profile', path, '--yes', '--json'], null)
      if (code !== 0) throw new Error(`the earlier run: ${stderr}`)
    }
    this.profile = await profile(desk, scenario.profile(desk))
    this.keep('before')
  }

  /** Keeps what stands there now under a name. */
  keep(name: string): void {
    const to = join(this.desk.dir, 'kept', name)
    rmSync(to, { recursive: true, force: true })
    mkdirSync(to, { recursive: true })
    execFileSync('/bin/cp', ['-a', this.desk.home, this.desk.root, to])
  }

  /** Puts back what was kept. */
  back(name: string): void {
    for (const path of [this.desk.home, this.desk.root]) rmSync(path, { recursive: true, force: true })
    const from = join(this.desk.dir, 'kept', name)
    execFileSync('/bin/cp', ['-a', join(from, 'home'), join(from, 'root'), this.desk.dir])
  }

  /** Where something of the desk was kept. */
  kept(name: string, path: string): string {
    return join(this.desk.dir, 'kept', name, relative(this.desk.dir, path))
  }

  run(command: 'apply' | 'undo', injection: Injection | null = null, strings?: number): Promise<Traced> {
    const args = command === 'apply' ? ['apply', '--profile', this.profile, '--yes', '--json'] : ['undo', '--json']
    return traced(this.desk, args, injection, strings)
  }

  look(whole = true): Look {
    return look(this.desk, whole)
  }

  /** The next start, and an undo of every run that stands beyond the first `keep`. */
  async giveBack(keep: number): Promise<void> {
    const engine = await createEngine({ home: this.desk.home, root: this.desk.root, catalogue: this.desk.catalogue })
    await engine.settle(AbortSignal.timeout(60_000))
    for (let left = await standing(engine); left > keep; left--) {
      const { state, error } = await engine.tasks.settled(engine.startUndo(null, 'ask'))
      if (state !== 'done') throw new Error(`the undo: ${JSON.stringify(error)}`)
    }
  }

  /** How a file looks that holds what a service gets to see for one reload only. */
  async interims(): Promise<ReadonlySet<string>> {
    const { runs } = await readRuns(join(this.desk.home, RECORDS), realSystem())
    return new Set(
      runs.flatMap((run) =>
        [...run.interims].flatMap(([index, contents]) => {
          const change = run.changes[index]
          const state = change?.kind === 'file' ? (change.before ?? change.after) : null
          return state === null ? [] : contents.map((bytes) => fileLook(state, bytes))
        }),
      ),
    )
  }

  /** What lies among the records and does not belong there: a lock, a temporary file. */
  strays(): readonly string[] {
    const folder = join(this.desk.home, RECORDS)
    const all = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []
    return all.filter((name) => !/^(?:runs(?:\/[\w-]+\.jsonl)?|log(?:\/goready\.jsonl)?)$/.test(name))
  }
}

/** How many runs an undo would find. A journal that can not be read is an error. */
async function standing(engine: Engine): Promise<number> {
  const { runs, damaged } = await readRuns(engine.places.state, realSystem())
  if (damaged.length > 0) throw new Error(`damaged: ${damaged.join(' ')}`)
  return runs.filter(undoable).length
}
