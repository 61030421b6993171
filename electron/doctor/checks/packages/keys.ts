import type { RightsChange } from '../../../contract/plan.ts'
import type { Places } from '../../../core/places.ts'
import type { Reader } from '../../../core/system.ts'
import type { SourceFile } from '../../../settings/apt/detect.ts'
import type { Entry } from '../../../settings/apt/entry.ts'
import { splitLines, toBinary } from '../../../settings/binary.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { judgeSignatures } from './signatures.ts'

/** The keys that apt checks its sources with: there, readable, the right ones, not expired. */
export const aptKeysCheck: DoctorCheck = {
  id: 'packages.keys',
  category: 'packages',
  deadline: 5000,
  codes: ['packages.key-missing', 'packages.key-closed', 'packages.key-expired'],
  explains: ['apt-key-missing', 'apt-key-expired', 'apt-not-signed'],
  applies: async ({ facts }) => (await facts.apt()).files.length > 0,
  async check(context, signal) {
    const { files } = await context.facts.apt()
    const found = new Map<string, Found>()
    const sound: { file: SourceFile; entry: Entry; rings: readonly string[] | null }[] = []
    for (const file of files)
      for (const entry of file.entries ?? []) {
        if (isTrusted(file, entry)) continue
        const rings = ringsOf(entry, context.places)
        const wrong = rings === null || rings.length === 0 ? null : await wrongRing(context, file, entry, rings)
        if (wrong !== null) found.set(`${wrong.code} ${wrong.subject}`, wrong)
        else if (rings === null || rings.length > 0) sound.push({ file, entry, rings })
      }
    for (const one of await judgeSignatures(context, sound, signal)) found.set(`${one.code} ${one.subject}`, one)
    return { found: [...found.values()] }
  },
}

/** A source of which apt was told to ask no key. */
function isTrusted({ bytes }: SourceFile, { line }: Entry): boolean {
  const lines = splitLines(toBinary(bytes)).slice(line - 1)
  const end = lines.findIndex((text) => text.trim() === '')
  const stanza = lines.slice(0, end < 0 ? undefined : end).join('')
  return /trusted\s*=\s*yes/i.test(lines[0] ?? '') || /^trusted:\s*yes/im.test(stanza)
}

/** The files of keys that an entry names. null: apt's own; empty: it names or holds the key itself. */
export function ringsOf({ signedBy }: Entry, { root }: Places): readonly string[] | null {
  if (signedBy === null) return null
  const words = signedBy.split(/[\s,]+/).filter((word) => word !== '')
  if (!words.every((word) => word.startsWith('/'))) return []
  return words.map((word) => `${root === '/' ? '' : root}${word}`)
}

async function wrongRing(
  { sys }: DoctorContext,
  file: SourceFile,
  entry: Entry,
  rings: readonly string[],
): Promise<Found | null> {
  const stats = await Promise.all(rings.map((path) => statOf(sys, path)))
  const [first = ''] = rings
  const values = { key: first, path: file.path, line: entry.line, address: entry.uris[0]?.text ?? '' }
  if (stats.every((stat) => stat === null))
    return { code: 'packages.key-missing', severity: 'error', subject: first, values, evidence: [...rings] }
  const open = stats.some((stat) => stat !== null && (stat.mode & 0o004) !== 0)
  const at = stats.findIndex((stat) => stat !== null)
  const stat = stats[at] ?? null
  if (open || stat === null) return null
  const { mode, uid, gid, real } = stat
  const changes: readonly RightsChange[] = [
    { kind: 'rights', path: real, before: { mode, uid, gid }, after: { mode: mode | 0o444, uid, gid }, admin: false },
  ]
  return {
    code: 'packages.key-closed',
    severity: 'error',
    subject: rings[at] ?? first,
    values: { ...values, key: rings[at] ?? first, command: `sudo chmod a+r ${rings[at] ?? first}` },
    evidence: [`${real}: ${uid}:${gid} ${mode.toString(8)}`],
    repairs:
      sys.identity.uid === 0
        ? [
            {
              kind: 'changes',
              note: { key: 'doctor-packages:repair.key', values: { key: real } },
              safe: false,
              changes,
            },
          ]
        : [],
  }
}

async function statOf(sys: Reader, path: string) {
  try {
    const real = await sys.resolve(path)
    const stat = await sys.lstat(real)
    return stat?.kind === 'file' ? { ...stat, real } : null
  } catch {
    return null
  }
}
