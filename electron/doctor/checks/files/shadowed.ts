import type { Edit, FileTarget } from '../../../contract/plan.ts'
import { toBinary } from '../../../settings/binary.ts'
import type { ShellState } from '../../../settings/shell/detect.ts'
import { envPath, sourceLine } from '../../../settings/shell/families.ts'
import { fenceFormat } from '../../../settings/shell/fence-text.ts'
import { underHome } from '../../../settings/shell/quote.ts'
import type { DoctorContext, Found } from '../../check.ts'

/**
 * bash(1): a login shell reads the first of .bash_profile, .bash_login and .profile. Where our block stands in what
 * an earlier one hides and in .bashrc, a login shell gets nothing of it.
 */
export function shadowFound({ places }: DoctorContext, state: ShellState): readonly Found[] {
  const own = envPath(places, 'sh', 'user')
  const textOf = (path: string): string | null => {
    const bytes = state.files.get(path) ?? null
    return bytes === null ? null : toBinary(bytes)
  }
  const [profile, login, plain, rc] = ['.bash_profile', '.bash_login', '.profile', '.bashrc'].map((name) =>
    state.user.bash.find((path) => path.endsWith(`/${name}`)),
  )
  const first = [profile, login].find((path) => path !== undefined && textOf(path) !== null)
  if (own === null || first === undefined || rc === undefined || plain === undefined) return []
  const text = textOf(first) ?? ''
  // Without a block in .bashrc bash is not among the shells that were set up.
  if (!hasBlock(state, rc) || !hasBlock(state, plain) || hasBlock(state, first)) return []
  if (text.split('\n').some((line) => !/^\s*#/.test(line) && /\.profile\b|\.bashrc\b|goready\/env\.sh/.test(line)))
    return []
  const target: FileTarget = { kind: 'file', path: first, format: 'fence', mode: 0o644, notify: [] }
  const after = sourceLine('sh', underHome(own, places.home))
  const edits: readonly Edit[] = [{ target, owner: 'shell', key: 'source', before: null, after }]
  return [
    {
      code: 'files.profile-shadowed',
      severity: 'warning',
      subject: first,
      values: { path: first, hidden: plain },
      repairs: [
        { kind: 'edits', note: { key: 'doctor-files:repair.block', values: { path: first } }, safe: true, edits },
      ],
    },
  ]
}

function hasBlock(state: ShellState, path: string): boolean {
  try {
    return fenceFormat.read(state.files.get(path) ?? null).has('source')
  } catch {
    // Told of as what it is.
    return false
  }
}
