import type { Note } from '../../contract/note.ts'
import type { Profile, ShellId } from '../../contract/profile.ts'
import { splitGoProxy } from '../../contract/grammar.ts'
import { CodedError } from '../../core/errors.ts'
import { redact } from '../../core/redact.ts'
import type { Prober } from '../../core/setting.ts'
import type { Scope } from '../shell/families.ts'
import { wantedShells } from '../shell/wanted.ts'
import { effective, type GoState } from './detect.ts'
import { asksThirdParty, goOfImage, isUnsafeGo } from './old-go.ts'
import { isGoVariable } from './variables.ts'

/** Go variables by name; null = the tool's own default, so the key goes. */
export type GoChoice = {
  /** `user`: the GOENV file. `system`: exports for all users, because that file is one user's. */
  scope: Scope
  values: ReadonlyMap<string, string | null>
  /** The shells in which an export that hides a value is replaced. */
  shells: readonly ShellId[]
  /** The Go in the chosen image, where its tag names it. */
  imageGo: string | null
}

/** What a profile says about Go; `auto` is settled by the probe. null: it says nothing. */
export async function chooseGo(
  profile: Profile,
  state: GoState,
  probe: Prober,
  signal: AbortSignal,
): Promise<{ choice: GoChoice; notes: readonly Note[] } | null> {
  const values = new Map<string, string | null>()
  const notes: Note[] = []
  const { go, sumdb } = profile.sources ?? {}
  if (go === 'auto') {
    const current = effective(state, 'GOPROXY')
    const unasked = current !== null && asksNobody(current)
    const settled = unasked ? keep(current) : await probe('go', current === null ? [] : [current], signal)
    values.set('GOPROXY', joined(settled.chosen, current))
    notes.push(settled.note)
  } else if (go !== undefined) values.set('GOPROXY', go === 'official' ? null : go)
  if (sumdb !== undefined) values.set('GOSUMDB', sumdb === 'default' ? null : sumdb)
  if (profile.private) values.set('GOPRIVATE', profile.private.length === 0 ? null : profile.private.join(','))
  for (const [name, value] of Object.entries(profile.env?.set ?? {})) {
    if (!isGoVariable(name)) continue
    if (values.has(name) && values.get(name) !== value)
      throw new CodedError('bad-profile', { key: `env.set.${name}`, reason: 'given-twice' })
    values.set(name, value)
  }
  if (values.size === 0) return null
  notes.push(...hiddenPrivate(state, values))
  const imageGo = profile.image === undefined ? null : goOfImage(profile.image)
  if (imageGo !== null && isUnsafeGo(imageGo) && asksThirdParty(values.get('GOPROXY') ?? null))
    notes.push({ key: 'setting:go.oldImage', values: { version: imageGo } })
  const scope = profile.env?.scope ?? 'user'
  return { choice: { scope, values, shells: wantedShells(profile, state.shells), imageGo }, notes }
}

/** `off`, `direct` and file:// are a decision; there is no server whose answer could be weighed against others. */
const asksNobody = (goproxy: string): boolean =>
  splitGoProxy(goproxy).every(({ value }) => value === 'off' || value === 'direct' || value.startsWith('file:'))

const keep = (value: string): { chosen: readonly string[]; note: Note } => ({
  chosen: [value],
  note: { key: 'plan:auto.unasked', values: { target: 'go', value: redact(value) } },
})

/**
 * GOPRIVATE is only the default of GONOPROXY and GONOSUMDB (go.dev/ref/mod, "Private modules"): where one of them is
 * set, it alone counts, and a module that was meant to be private is asked for, or looked up, outside.
 */
function hiddenPrivate(state: GoState, values: GoChoice['values']): readonly Note[] {
  const wanted = values.get('GOPRIVATE')
  if (!wanted) return []
  return (['GONOPROXY', 'GONOSUMDB'] as const).flatMap((name) => {
    const value = values.has(name) ? values.get(name) : effective(state, name)
    const covers = (value ?? '').split(',')
    if (!value || value === 'none' || wanted.split(',').every((pattern) => covers.includes(pattern))) return []
    return [{ key: `setting:go.privateHidden.${name}`, values: { value, patterns: wanted } }]
  })
}

/**
 * A GOPROXY value of what the race chose. `|` and not `,`: a comma goes on to the next entry only after
 * 404 or 410, so that a time-out or a TLS error would be the end. Kept entries stay as they are written.
 */
function joined(chosen: readonly string[], current: string | null): string | null {
  const [first, ...others] = chosen
  if (first === undefined) return null
  if (others.length === 0 && (first === current || /[,|]/.test(first))) return first
  return [...chosen, 'direct'].join('|')
}
