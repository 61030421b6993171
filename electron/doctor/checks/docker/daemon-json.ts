import type { Severity } from '../../../contract/doctor.ts'
import type { DockerState } from '../../../contract/machine.ts'
import type { Edit, HandlerId, Value } from '../../../contract/plan.ts'
import type { Note } from '../../../contract/note.ts'
import { decode, lineAt, toBinary } from '../../../settings/binary.ts'
import { scanObject } from '../../../settings/docker/json-spans.ts'
import { MIRRORS_KEY } from '../../../settings/docker/mirrors.ts'
import { type DoctorCheck, type Found, nothingFound, type Repair } from '../../check.ts'
import { badMirror } from './daemon-keys.ts'
import { type EngineFile, engineFile, type FileFault } from './engine-file.ts'
import { wholeRepair } from './whole-repair.ts'

/** Whether the engine can start with its daemon.json. */
export const dockerDaemonJsonCheck: DoctorCheck = {
  id: 'docker.daemon-json',
  category: 'docker',
  deadline: 5000,
  codes: [
    ...['docker.daemon-json-broken', 'docker.daemon-json-value', 'docker.daemon-json-doubled'],
    ...['docker.daemon-json-refused', 'docker.mirror-invalid'],
  ],
  explains: ['docker-config', 'docker-config-twice', 'docker-mirror', 'docker-not-running'],
  async check(context, signal) {
    const [file, docker] = await Promise.all([engineFile(context, signal), context.facts.docker()])
    if (file === null || file.fault === null) return nothingFound
    const { state, flavour } = docker
    // One that runs goes on with what it has read; it is the next start that fails.
    const severity = state === 'running' || state === 'no-permission' ? 'warning' : 'error'
    const notify: HandlerId[] = reloads(flavour) ? ['docker-reload'] : []
    const own = file.path !== context.places.docker.daemonJson.system
    return { found: [foundFor(file, file.fault, { severity, notify, own })] }
  },
}

/** Whether a changed file can be taken without a start of the whole virtual machine. */
export const reloads = (flavour: DockerState['flavour']): boolean =>
  ['docker-engine', 'rootless', 'unknown'].includes(flavour)

type How = { severity: Severity; notify: readonly HandlerId[]; own: boolean }

function foundFor(file: EngineFile, fault: FileFault, how: How): Found {
  const { path, bytes } = file
  const { severity, notify, own } = how
  const text = toBinary(bytes)
  const common = { severity, subject: path }
  const mend = (key: string, after: Value, note: Note): Repair => ({
    kind: 'edits',
    edits: [editOf(file, key, after, notify)],
    note,
    safe: own && after !== null,
  })
  switch (fault.kind) {
    case 'form': {
      const { line } = fault
      const repairs = wholeRepair({ ...fault, text }, { path, mode: 0o644, secret: false, safe: own, notify })
      return {
        ...common,
        code: 'docker.daemon-json-broken',
        values: { line },
        evidence: [lineText(text, line)],
        repairs,
      }
    }
    case 'value': {
      const { key, wanted, meant } = fault
      const values = { key, line: lineOf(text, key), wanted }
      const note = { key: 'doctor-docker:repair.value', values: { key, value: JSON.stringify(meant) } }
      const repairs = meant === null ? [] : [mend(key, meant, note)]
      return { ...common, code: 'docker.daemon-json-value', values, evidence: [lineText(text, values.line)], repairs }
    }
    case 'mirror': {
      const { mirror, meant } = fault
      const after = mendedMirrors(file)
      const note = { key: 'doctor-docker:repair.mirror', values: { mirror, meant: meant ?? '' } }
      const repairs = after === null ? [] : [mend(MIRRORS_KEY, after, note)]
      const values = { mirror, line: lineOf(text, MIRRORS_KEY) }
      return { ...common, code: 'docker.mirror-invalid', values, evidence: [mirror], repairs }
    }
    case 'doubled': {
      const { key, option, from } = fault
      const note = { key: 'doctor-docker:repair.doubled', values: { key, option } }
      const repair: Repair = { ...mend(key, null, note), safe: false }
      const values = { key, option, from, line: lineOf(text, key) }
      return {
        ...common,
        code: 'docker.daemon-json-doubled',
        values,
        evidence: [`${from}: ${option}`],
        repairs: [repair],
      }
    }
    case 'refused':
      return { ...common, code: 'docker.daemon-json-refused', evidence: [fault.cause] }
  }
}

function editOf({ path, keys }: EngineFile, key: string, after: Value, notify: readonly HandlerId[]): Edit {
  const target = { kind: 'file' as const, path, format: 'daemon-json' as const, mode: 0o644, notify }
  return { target, owner: 'docker', key, before: keys.get(key) ?? null, after }
}

/** All of the mirrors as they were meant; null where one of them is a guess. */
function mendedMirrors({ keys }: EngineFile): readonly string[] | null {
  const value = keys.get(MIRRORS_KEY)
  const mirrors = Array.isArray(value) ? value : []
  const mended: string[] = []
  for (const mirror of mirrors) {
    if (typeof mirror !== 'string') return null
    const bad = badMirror([mirror], true)
    // A path is what only some versions refuse; where it was not what was found, it stays.
    const meant = bad === null ? mirror : (bad.meant ?? (badMirror([mirror], false) === null ? mirror : null))
    if (meant === null) return null
    mended.push(meant)
  }
  return JSON.stringify(mended) === JSON.stringify(mirrors) ? null : mended
}

function lineOf(text: string, key: string): number {
  const member = scanObject(text).members.find((one) => one.key === key)
  return lineAt(text, member?.keyStart ?? 0)
}

const lineText = (text: string, line: number): string =>
  decode(text.split('\n')[line - 1] ?? '')
    .trim()
    .slice(0, 200)
