import type { Override } from '../../../contract/machine.ts'
import { sameAddress } from '../../../settings/ask-tool.ts'
import { splitLines, toBinary } from '../../../settings/binary.ts'
import type { ShellState } from '../../../settings/shell/detect.ts'
import type { DoctorContext, Found, Repair } from '../../check.ts'
import { lineRemoval } from './line-removal.ts'

type Place = { value: string; from: string }

/** http_proxy and HTTP_PROXY with different values: each program prefers another one, so half of them go astray. */
export async function spellingsFound(
  context: DoctorContext,
  overrides: readonly Override[],
  shells: ShellState,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const lower of ['http_proxy', 'https_proxy', 'all_proxy']) {
    const upper = lower.toUpperCase()
    const [small, large] = [lower, upper].map((name) => plainLine(overrides, name, context, shells))
    if (small == null || large == null || sameAddress(small.value, large.value)) continue
    const repairs: Repair[] = []
    for (const [name, place] of [
      [lower, small],
      [upper, large],
    ] as const) {
      const edits = await lineRemoval(context, name, place.from)
      if (edits === null) continue
      const values = { where: place.from, value: place.value }
      repairs.push({ kind: 'edits', note: { key: 'doctor-files:repair.source', values }, safe: false, edits })
    }
    found.push({
      code: 'files.proxies-differ',
      severity: 'warning',
      subject: lower,
      values: { lower, upper, first: small.from, second: large.from },
      evidence: [`${small.from}: ${lower}=${small.value}`, `${large.from}: ${upper}=${large.value}`],
      repairs,
    })
  }
  return found
}

/** The one line of the user's files that sets a name in plain words; null where a condition may choose among several. */
export function plainLine(
  overrides: readonly Override[],
  name: string,
  { places }: DoctorContext,
  shells: ShellState,
): Place | null {
  const layers = overrides.find((one) => one.name === name)?.layers ?? []
  const lines = [
    ...new Map(layers.filter(({ from }) => from.startsWith(`${places.home}/`)).map((one) => [one.from, one])).values(),
  ]
  const [line] = lines
  if (line === undefined || lines.length > 1 || !line.value) return null
  const [, path = '', number = ''] = /^(.*):(\d+)$/.exec(line.from) ?? []
  const bytes = shells.files.get(path) ?? null
  const text = bytes === null ? undefined : splitLines(toBinary(bytes))[Number(number) - 1]
  // Indented it stands in a function or behind a condition.
  return text !== undefined && /^(?:export|set|setenv)\s/.test(text) ? { value: line.value, from: line.from } : null
}
