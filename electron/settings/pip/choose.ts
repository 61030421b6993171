import type { Finding, Note } from '../../contract/note.ts'
import type { Edit, Target, Value } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { CodedError } from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import type { Prober } from '../../core/setting.ts'
import { sameAddress } from '../ask-tool.ts'
import { INDEX, keysOf, type PipFile, type PipState } from './detect.ts'

/** The index; null = pip's own default, so the key goes. */
export type PipChoice = { index: string | null }

/** What the user's files say, the last one first. */
const current = ({ user }: PipState): Value =>
  user
    .toReversed()
    .map((file) => keysOf(file).get(INDEX))
    .find((value) => value !== undefined) ?? null

/** What a profile says about pip; `auto` is settled by the probe. null: it says nothing. */
export async function choosePip(
  profile: Profile,
  state: PipState,
  probe: Prober,
  signal: AbortSignal,
): Promise<{ choice: PipChoice; notes: readonly Note[] } | null> {
  const wanted = profile.sources?.pip
  if (wanted === undefined) return null
  const notes: Note[] = []
  let index = wanted === 'official' ? null : wanted
  if (wanted === 'auto') {
    const now = current(state)
    const settled = await probe('pip', typeof now === 'string' ? [now] : [], signal)
    index = settled.chosen[0] ?? null
    notes.push(settled.note)
  }
  const choice = { index }
  return { choice, notes: [...notes, ...hiders(state, choice).map(({ note }) => note)] }
}

const agrees = (value: Value, wanted: string | null): boolean =>
  typeof value === 'string' && wanted !== null ? sameAddress(value.trim(), wanted) : value === wanted

/** Whether the user's files lead to the choice. */
export const holds = (state: PipState, { index }: PipChoice): boolean => agrees(current(state), index)

/** What pip prefers to the user's `[global]`, and for its default what stands below it. A file that is broken is told by pip. */
export function hiders(state: PipState, { index }: PipChoice): readonly Finding[] {
  const found: Finding[] = []
  const add = (id: string, key: string, values: Record<string, string>): void => {
    found.push({ id, severity: 'warning', note: { key, values } })
  }
  for (const { name, value, from } of state.layers)
    if (value !== '' && !agrees(value, index))
      add('pip.hidden.variable', 'setting:pip.hiddenByVariable', { name, from, value: redact(value ?? '$') })
  const look = ({ path, bytes }: PipFile, names: readonly string[]): void => {
    const keys = readable({ path, bytes })
    for (const name of names) {
      const value = keys.get(name) ?? null
      if (typeof value === 'string' && !agrees(value, index))
        add('pip.hidden.file', 'setting:pip.hiddenByFile', { file: path, name, value: redact(value) })
    }
  }
  for (const file of state.above) look(file, [INDEX, ...COMMANDS])
  for (const file of state.user) look(file, COMMANDS)
  for (const file of state.below) look(file, index === null ? [INDEX, ...COMMANDS] : COMMANDS)
  return found
}

/** A command's own section beats `[global]` for that command. */
const COMMANDS = ['install.index-url', 'download.index-url', 'wheel.index-url']

function readable(file: PipFile): ReadonlyMap<string, Value> {
  try {
    return keysOf(file)
  } catch {
    return new Map()
  }
}

/**
 * The edits: the index goes to the user's file that wins; for pip's own default it leaves all of them. Never
 * `trusted-host`: it would switch the check of certificates off. Throws `setting-not-effective` where
 * PIP_CONFIG_FILE says that no file is read.
 */
export function planPip(state: PipState, choice: PipChoice): readonly Edit[] {
  const { index } = choice
  const last = state.user.at(-1)
  if (last === undefined) throw new CodedError('setting-not-effective', { setting: 'pip' }, 'PIP_CONFIG_FILE=/dev/null')
  if (holds(state, choice)) return []
  const files = index === null ? state.user : [last]
  return files.flatMap((file): Edit[] => {
    const before = keysOf(file).get(INDEX) ?? null
    if (before === index) return []
    const target: Target = { kind: 'file', path: file.path, format: 'pip-conf', mode: 0o644, notify: [] }
    return [{ target, owner: 'pip', key: INDEX, before, after: index }]
  })
}
