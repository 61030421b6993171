import type { Finding } from '../../contract/note.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Setting } from '../../core/setting.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { isGoVariable } from '../go/variables.ts'
import { type Answer, askShell } from './ask.ts'
import { detectShells, type InstalledShell, type ShellState } from './detect.ts'
import { shellEdits, type ShellWish } from './edits.ts'
import { underHome } from './quote.ts'
import { wantedShells } from './wanted.ts'

const inHome = (path: string, home: string): string => (path.startsWith('~/') ? `${home}/${path.slice(2)}` : path)

/** Own variables and PATH entries in bash, zsh and fish. */
export const shellSetting: Setting<ShellState, ShellWish> = {
  id: 'shell',
  detect: (sys, places) => detectShells(sys, places),
  choose(profile, state) {
    const { env } = profile
    if (env?.scope === 'system') return Promise.reject(new CodedError('not-yet', { key: 'env.scope: system' }))
    const variables = new Map(Object.entries(env?.set ?? {}).filter(([name]) => !isGoVariable(name)))
    const paths = [...new Set(env?.path ?? [])]
    // A profile may come from Windows; here its folders name nothing.
    if (paths.some((path) => !/^(\/|~\/)/.test(path)))
      return Promise.reject(new CodedError('bad-profile', { key: 'env.path', reason: 'bad-path' }))
    if (variables.size === 0 && paths.length === 0) return Promise.resolve(null)
    return Promise.resolve({ choice: { shells: wantedShells(profile, state), variables, paths }, notes: [] })
  },
  plan: (state, wish, places) => shellEdits('shell', places, state, expanded(wish, places)),
  async verify(sys, places, wish, signal) {
    const { installed } = await detectShells(sys, places)
    const findings = wish.shells.map(async (id): Promise<Finding> => {
      const shell = installed.find((one) => one.id === id)
      if (!shell)
        return {
          id: `shell.${id}`,
          severity: 'info',
          note: { key: 'setting:shell.notInstalled', values: { shell: id } },
        }
      return verifyShell(sys, places, shell, expanded(wish, places), signal)
    })
    return Promise.all(findings)
  },
}

const expanded = (wish: ShellWish, places: Places): ShellWish => ({
  ...wish,
  paths: wish.paths.map((path) => inHome(path, places.home)),
})

async function verifyShell(
  sys: Reader,
  places: Places,
  shell: InstalledShell,
  wish: ShellWish,
  signal: AbortSignal,
): Promise<Finding> {
  const answers = await askShell(sys, places, shell, signal)
  const details = answers.flatMap((answer) => disagreements(answer, wish, places))
  const silent = answers.filter(({ variables }) => variables === null)
  const values = { shell: shell.id, path: shell.path, starts: answers.length }
  if (silent.length > 0 && details.length === 0) {
    // Its own files may start another program instead (`exec tmux`): that proves nothing against us.
    const causes = silent.map(({ start, cause }) => `${start}: ${cause}`)
    const note = { key: 'setting:shell.silent', values }
    return { id: `shell.${shell.id}`, severity: 'warning', note, details: causes }
  }
  return details.length === 0
    ? { id: `shell.${shell.id}`, severity: 'ok', note: { key: 'setting:shell.answers', values } }
    : { id: `shell.${shell.id}`, severity: 'error', note: { key: 'setting:shell.disagrees', values }, details }
}

function disagreements({ start, variables }: Answer, wish: ShellWish, places: Places): readonly string[] {
  if (variables === null) return []
  const wrong: string[] = []
  for (const [name, value] of wish.variables) {
    const found = variables.get(name)
    if (found !== value) wrong.push(redact(`${start}: ${name}=${found ?? ''}`))
  }
  const entries = (variables.get('PATH') ?? '').split(':').map((entry) => underHome(entry, places.home))
  for (const path of wish.paths)
    if (!entries.includes(underHome(path, places.home))) wrong.push(`${start}: PATH - ${path}`)
  return wrong
}
