import type { Finding } from '../../contract/note.ts'
import type { ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { type Answer, askShell } from './ask.ts'
import { causeOf, causeOfPath, severityOf } from './causes.ts'
import type { InstalledShell, ShellState } from './detect.ts'
import type { ShellWish } from './edits.ts'
import { askEnvironmentD } from './graphical.ts'
import { underHome } from './quote.ts'

/** Starts every named shell, login and not, with a clean environment, and asks for all that was wished. */
export async function verifyShells(
  sys: Reader,
  places: Places,
  state: ShellState,
  wish: ShellWish,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  // The shells of this machine read its own files; what lies under another root is for a machine that is not this.
  if (wish.scope === 'system' && places.otherRoot)
    return [
      { id: 'shell.root', severity: 'info', note: { key: 'setting:shell.otherRoot', values: { root: places.root } } },
    ]
  const findings = await Promise.all(
    wish.shells.map((id) => {
      const shell = state.installed.find((one) => one.id === id)
      return shell === undefined
        ? Promise.resolve(notInstalled(id))
        : verifyShell(sys, places, state, shell, wish, signal)
    }),
  )
  return [...findings, ...(await verifyGraphical(sys, places, state, wish, signal))]
}

const notInstalled = (id: ShellId): Finding => ({
  id: `shell.${id}`,
  severity: 'info',
  note: { key: 'setting:shell.notInstalled', values: { shell: id } },
})

async function verifyShell(
  sys: Reader,
  places: Places,
  state: ShellState,
  shell: InstalledShell,
  wish: ShellWish,
  signal: AbortSignal,
): Promise<Finding> {
  const answers = await askShell(sys, places, state.zdotdir, shell, signal)
  const wrong = answers.flatMap((answer) => disagreements(answer, { wish, places, state, id: shell.id }))
  const details = wrong.map(({ text }) => text)
  const silent = answers.filter(({ variables }) => variables === null)
  const values = { shell: shell.id, path: shell.path, starts: answers.length }
  if (silent.length > 0 && details.length === 0) {
    // Its own files may start another program instead (`exec tmux`): that proves nothing against us.
    const causes = silent.map(({ start, cause }) => `${start}: ${cause}`)
    const note = { key: 'setting:shell.silent', values }
    return { id: `shell.${shell.id}`, severity: 'warning', note, details: causes }
  }
  if (wrong.length > 0) {
    const severity = decides(shell, state, wish) ? severityOf(places, wish.scope, causesOf(wrong)) : 'warning'
    return { id: `shell.${shell.id}`, severity, note: { key: 'setting:shell.disagrees', values }, details }
  }
  const key = shell.id === 'sh' ? 'setting:shell.answersLogin' : 'setting:shell.answers'
  return { id: `shell.${shell.id}`, severity: 'ok', note: { key, values } }
}

/**
 * Whether a shell that answers otherwise spoils the run: the account's own one, and those asked for by name. Another
 * one that merely lies on the machine is told of; its odd files must not keep a person from the rest.
 */
const decides = ({ id, login }: InstalledShell, { installed }: ShellState, { named }: ShellWish): boolean =>
  named === undefined || named.includes(id) || login || !installed.some((one) => one.login)

type Asked = { wish: ShellWish; places: Places; state: ShellState; id: ShellId }

type Disagreement = { text: string; cause: string | null }
const causesOf = (wrong: readonly Disagreement[]) => wrong.map(({ cause }) => cause)

/** `START: NAME=VALUE (FILE:LINE)`, the place that wins where the text shows one. */
function disagreements({ start, variables }: Answer, { wish, places, state, id }: Asked): Disagreement[] {
  if (variables === null) return []
  const wrong: Disagreement[] = []
  const tell = (what: string, cause: string | null): void =>
    void wrong.push({ text: redact(`${start}: ${what}`) + (cause === null ? '' : ` (${cause})`), cause })
  for (const [name, value] of wish.variables) {
    const found = variables.get(name)
    if (found !== value) tell(`${name}=${found ?? ''}`, causeOf(places, state, id, name, found))
  }
  const entries = (variables.get('PATH') ?? '').split(':').map((entry) => underHome(entry, places.home))
  for (const path of wish.paths)
    if (!entries.includes(underHome(path, places.home))) tell(`PATH - ${path}`, causeOfPath(state, id))
  return wrong
}

async function verifyGraphical(
  sys: Reader,
  places: Places,
  state: ShellState,
  wish: ShellWish,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const variables = state.graphical ? await askEnvironmentD(sys, places, signal) : null
  if (variables === null) return []
  const id = 'environment.d'
  const wrong = disagreements(
    { start: 'login', variables, cause: '' },
    { wish: nonEmpty(wish), places, state, id: 'sh' },
  )
  const details = wrong.map(({ text }) => text)
  const severity = wrong.length === 0 ? 'ok' : severityOf(places, wish.scope, causesOf(wrong))
  const key = details.length === 0 ? 'setting:shell.graphical' : 'setting:shell.graphicalDisagrees'
  return [{ id: `shell.${id}`, severity, note: { key }, ...(details.length === 0 ? {} : { details }) }]
}

/** environment.d cannot hold an empty value. */
const nonEmpty = (wish: ShellWish): ShellWish => ({
  ...wish,
  variables: new Map([...wish.variables].filter(([, value]) => value !== '')),
})
