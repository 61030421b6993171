import type { Edit, FileTarget } from '../../../contract/plan.ts'
import { splitLines, toBinary } from '../../../settings/binary.ts'
import type { ShellState } from '../../../settings/shell/detect.ts'
import { lineKeys } from '../../../settings/why/line-text.ts'
import type { DoctorContext, Found } from '../../check.ts'

/** More lines than a person writes into such a file; so many edits nobody can read. */
const MOST = 2000

/** Files of bash, zsh and sh in which lines end as on Windows: these shells take the `\r` for a part of the line. */
export async function carriageFound({ sys }: DoctorContext, state: ShellState): Promise<readonly Found[]> {
  const paths = [...new Set([...state.user.bash, ...state.user.zsh, ...state.user.sh])]
  const found: Found[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    const real = await sys.resolve(path).catch(() => path)
    const bytes = state.files.get(path) ?? null
    if (bytes === null || seen.has(real)) continue
    seen.add(real)
    const lines = splitLines(toBinary(bytes))
    const ended = lines.flatMap((line, index) => (line.endsWith('\r\n') ? [index] : []))
    // In a comment it does no harm.
    const first = ended.find((index) => !/^\s*#/.test(lines[index] ?? ''))
    if (first === undefined || ended.length > MOST) continue
    const target: FileTarget = { kind: 'file', path, format: 'line', mode: 0o644, notify: [] }
    const keys = lineKeys(
      'cr',
      bytes,
      ended.map((index) => index + 1),
    )
    const edits = keys.map((key): Edit => ({ target, owner: 'shell', key, before: null, after: true }))
    // What stands between our fences ends as we write it.
    const all = withoutBlock(lines).every((line) => line.endsWith('\r\n') || !line.endsWith('\n'))
    found.push({
      code: 'files.shell-crlf',
      severity: 'error',
      subject: path,
      values: { path, line: first + 1, count: ended.length },
      repairs: [
        {
          kind: 'edits',
          note: { key: 'doctor-files:repair.crlf', values: { path, count: ended.length } },
          safe: all,
          edits,
        },
      ],
    })
  }
  return found
}

function withoutBlock(lines: readonly string[]): readonly string[] {
  const from = lines.findIndex((line) => line.startsWith('# >>> goready >>>'))
  const to = lines.findLastIndex((line) => line.startsWith('# <<< goready <<<'))
  return from < 0 || to < from ? lines : [...lines.slice(0, from), ...lines.slice(to + 1)]
}
