import type { Finding } from '../../contract/note.ts'
import { sameEntry, splitList } from '../../core/env.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { askWindows, type WindowsAnswer } from './windows-ask.ts'
import { windowsEdits, windowsFolder, windowsVariable, windowsVariables } from './windows.ts'
import type { WindowsVariables, WindowsWish } from './windows.ts'

/**
 * Looks in the registry once more, then starts every shell as a new terminal would and asks it. Programs that run
 * already keep what they have until they are started again.
 */
export async function verifyWindows(
  sys: Reader,
  places: Places,
  wish: WindowsWish,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const state = await windowsVariables(sys, places)
  if (state === null) return []
  const left = windowsEdits('shell', places, state, wish)
  if (left.length > 0) {
    const details = left.map(({ target, key, before }) =>
      redact(`${target.path}: ${key}=${typeof before === 'string' ? before : ''}`),
    )
    const note = { key: 'setting:shell.windowsDisagrees', values: { count: left.length } }
    return [{ id: 'shell.windows', severity: 'error', note, details }]
  }
  const count = wish.variables.size + wish.paths.length
  const hidden = wish.scope === 'system' ? hiddenByUser(state, wish) : []
  const open = { ...wish, variables: new Map([...wish.variables].filter(([name]) => !hidden.includes(name))) }
  const answers = await askWindows(sys, places, state, signal)
  return [
    { id: 'shell.windows', severity: 'ok', note: { key: 'setting:shell.windowsStored', values: { count } } },
    ...hidden.map((name): Finding => {
      const note = { key: 'setting:shell.windowsHidden', values: { name } }
      return { id: `shell.windows.${name}`, severity: 'warning', note }
    }),
    ...answers.flatMap((answer) => findingOf(answer, open, places)),
  ]
}

/** For this account its own variable wins over the one of the whole machine. */
const hiddenByUser = (state: WindowsVariables, { variables }: WindowsWish): readonly string[] =>
  [...variables].flatMap(([name, value]) => {
    const own = windowsVariable(state, 'user', name)
    return own === null || own.value?.value === value ? [] : [name]
  })

function findingOf({ start, variables }: WindowsAnswer, wish: WindowsWish, places: Places): readonly Finding[] {
  const id = `shell.${start}`
  const values = { shell: start, path: start, starts: 1 }
  if (variables === null) return [{ id, severity: 'warning', note: { key: 'setting:shell.silent', values } }]
  const details = [...wish.variables].flatMap(([name, value]) => {
    const found = variables.get(name.toUpperCase()) ?? ''
    // cmd prints in the console's code page, which lacks most of the world's letters.
    const same = start === 'cmd' && !isPlain(value ?? '') ? found !== '' : found === (value ?? '')
    return same ? [] : [redact(`${start}: ${name}=${found}`)]
  })
  const entries = splitList(variables.get('PATH') ?? '')
  for (const path of wish.paths) {
    const folder = windowsFolder(path, places)
    if ((start !== 'cmd' || isPlain(folder)) && !entries.some((entry) => sameEntry(entry, folder)))
      details.push(`${start}: PATH - ${folder}`)
  }
  return details.length === 0
    ? [{ id, severity: 'ok', note: { key: 'setting:shell.windowsAnswers', values } }]
    : [{ id, severity: 'error', note: { key: 'setting:shell.disagrees', values }, details }]
}

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
