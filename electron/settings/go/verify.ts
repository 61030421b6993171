import type { Finding } from '../../contract/note.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { askShell } from '../shell/ask.ts'
import { causeOf, severityOf } from '../shell/causes.ts'
import { askGo } from './ask-go.ts'
import type { GoChoice } from './choose.ts'
import { detectGo, type GoState } from './detect.ts'
import { asksThirdParty, isUnsafeGo } from './old-go.ts'
import { hiddenOnWindows } from './windows.ts'

/** Asks `go` itself, then fresh shells whether one of them hides the value, then looks for an old Go. */
export async function verifyGo(
  sys: Reader,
  places: Places,
  choice: GoChoice,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const state = await detectGo(sys, places, signal)
  const [go] = state.installed
  if (choice.scope === 'system')
    return [...(await verifyForAll(sys, places, state, choice, signal)), ...warnOldGo(state, choice)]
  return [
    go === undefined ? askFile(state, places, choice) : await askForValues(sys, places, go.path, choice, signal),
    ...(await askShells(sys, places, state, choice, signal)),
    ...warnOldGo(state, choice),
  ]
}

/** What is exported for all users: a fresh shell of this one has to have it. */
async function verifyForAll(
  sys: Reader,
  places: Places,
  state: GoState,
  choice: GoChoice,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (places.otherRoot) {
    const note = { key: 'setting:shell.otherRoot', values: { root: places.root } }
    return [{ id: 'go.root', severity: 'info', note }]
  }
  const found = await askShells(sys, places, state, choice, signal)
  const note = { key: 'setting:go.forAll', values: { names: [...choice.values.keys()].join(', ') } }
  return found.length > 0 ? found : [{ id: 'go.forAll', severity: 'ok', note }]
}

/** The value that a choice leads to, for a comparison; `''` stands for the default. */
const shown = (value: string | null): string => value ?? ''

/** No `go` on this machine: what the file says is all there is to ask. */
function askFile(state: GoState, places: Places, { values }: GoChoice): Finding {
  const details = [...values].flatMap(([name, value]) =>
    (state.file.get(name) ?? null) === value ? [] : [redact(`${name}=${state.file.get(name) ?? ''}`)],
  )
  const note = { values: { file: places.goenv ?? '', count: values.size } }
  return details.length === 0
    ? { id: 'go.written', severity: 'ok', note: { key: 'setting:go.written', ...note } }
    : { id: 'go.written', severity: 'error', note: { key: 'setting:go.notWritten', ...note }, details }
}

/**
 * `go env -json` with the GOENV file and nothing else in the environment. GOTOOLCHAIN is left out: it has
 * to be `local` for this question, or a go.mod or the file itself could start a download.
 */
async function askForValues(
  sys: Reader,
  places: Places,
  path: string,
  { values }: GoChoice,
  signal: AbortSignal,
): Promise<Finding> {
  const names = [...values.keys()].filter((name) => name !== 'GOTOOLCHAIN')
  const ask = async (goenv: string): Promise<Record<string, unknown> | string> => {
    const options = { env: { GOENV: goenv }, timeout: 10_000, signal }
    const answer = await askGo(sys, places, [path, 'env', '-json', ...names], options).catch((error: unknown) => {
      signal.throwIfAborted()
      return { code: null, stdout: '', stderr: String(error) }
    })
    return answer.code === 0 ? parseObject(answer.stdout) : answer.stderr.trim()
  }
  const found = await ask(places.goenv ?? 'off')
  const builtIn = await ask('off')
  const details = names.flatMap((name) => {
    if (typeof found === 'string' || typeof builtIn === 'string') return []
    const expected = values.get(name) ?? builtIn[name]
    return found[name] === expected ? [] : [redact(`${name}=${String(found[name])}`)]
  })
  if (typeof found === 'string') details.push(found)
  const note = { values: { path, names: names.join(', ') } }
  return details.length === 0
    ? { id: 'go.effective', severity: 'ok', note: { key: 'setting:go.effective', ...note } }
    : { id: 'go.effective', severity: 'error', note: { key: 'setting:go.notEffective', ...note }, details }
}

function parseObject(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : text
  } catch {
    return text
  }
}

/** Whether a fresh shell still exports another value, which would beat the file. */
async function askShells(
  sys: Reader,
  places: Places,
  state: GoState,
  choice: GoChoice,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { scope, shells, values } = choice
  if (state.shells.windows !== null) return hiddenOnWindows(state.shells.windows, choice, places)
  const asked = state.shells.installed.filter(({ id }) => shells.includes(id))
  const findings = asked.map(async (shell): Promise<Finding | null> => {
    const answers = await askShell(sys, places, state.shells.zdotdir, shell, signal)
    const causes: (string | null)[] = []
    const details = answers.flatMap(({ start, variables }) =>
      [...values].flatMap(([name, value]) => {
        const found = variables?.get(name) ?? ''
        // For all users the export is all there is; the user's own file speaks only where nothing is exported.
        if (variables === null || found === shown(value) || (found === '' && scope === 'user')) return []
        const cause = causeOf(places, state.shells, shell.id, name, found)
        causes.push(cause)
        return [redact(`${start}: ${name}=${found}`) + (cause === null ? '' : ` (${cause})`)]
      }),
    )
    if (details.length === 0) return null
    const note = { key: 'setting:go.hidden', values: { shell: shell.id } }
    return { id: `go.hidden.${shell.id}`, severity: severityOf(places, scope, causes), note, details }
  })
  return (await Promise.all(findings)).filter((finding) => finding !== null)
}

function warnOldGo(state: GoState, { values, imageGo }: GoChoice): readonly Finding[] {
  if (!asksThirdParty(values.get('GOPROXY') ?? null)) return []
  const old: Finding[] = state.installed
    .filter(({ version }) => isUnsafeGo(version))
    .map(({ path, version }) => ({
      id: 'go.oldHost',
      severity: 'warning',
      note: { key: 'setting:go.oldHost', values: { path, version } },
    }))
  if (imageGo !== null && isUnsafeGo(imageGo))
    old.push({
      id: 'go.oldImage',
      severity: 'warning',
      note: { key: 'setting:go.oldImage', values: { version: imageGo } },
    })
  return old
}
