import type { Edit, FileTarget } from '../../../contract/plan.ts'
import { causeText } from '../../../core/errors.ts'
import { folderOf } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import { sourceFile } from '../../../settings/apt/detect.ts'
import { splitLines, toBinary } from '../../../settings/binary.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import { lineFormat, lineKey } from '../../../settings/why/line-text.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { askSources, askState, type Complaint } from './ask-apt.ts'

/** Whether apt can read its sources at all, and whether what is installed is whole. Asks apt; fetches nothing. */
export const aptSystemCheck: DoctorCheck = {
  id: 'packages.system',
  category: 'packages',
  deadline: 5000,
  codes: [
    'packages.source-malformed',
    'packages.signed-by-conflict',
    'packages.dpkg-interrupted',
    'packages.unmet',
    'packages.update-failed',
  ],
  explains: ['apt-dpkg', 'apt-malformed', 'apt-type', 'apt-signed-by', 'apt-unmet'],
  applies: async ({ sys, places }) => (await sys.lstat(places.apt.folder).catch(() => null))?.kind === 'dir',
  async check(context, signal) {
    const { sys, places } = context
    const [interrupted, read] = await Promise.all([isInterrupted(context), askSources(sys, places, signal)])
    const found: Found[] = interrupted
      ? [
          {
            code: 'packages.dpkg-interrupted',
            severity: 'error',
            subject: updatesOf(places),
            values: { path: updatesOf(places), command: 'sudo dpkg --configure -a' },
          },
        ]
      : []
    const about = read === null ? await parsedAlone(context) : read
    for (const one of about.slice(0, 1)) found.push(await sourceFound(context, one))
    // Without readable sources, or in the middle of an installation, the rest only follows.
    if (found.length === 0 && (await askState(sys, places, signal)))
      found.push({
        code: 'packages.unmet',
        severity: 'error',
        subject: 'apt',
        values: { command: 'sudo apt --fix-broken install' },
      })
    return { found }
  },
}

/** dpkg's own journal: what stands there was not taken into its list of packages yet. */
const updatesOf = ({ apt }: Places): string => `${folderOf(apt.architectures)}/updates`

/** Milliseconds after which a dpkg that still works would have written something. */
const QUIET = 120_000

async function isInterrupted({ sys, places, now }: DoctorContext): Promise<boolean> {
  const folder = updatesOf(places)
  const names = (await sys.list(folder).catch(() => [])).filter((name) => /^\d+$/.test(name))
  const stats = await Promise.all(names.map((name) => sys.lstat(`${folder}/${name}`).catch(() => null)))
  return names.length > 0 && stats.every((stat) => stat === null || now() - stat.mtimeMs > QUIET)
}

/** What our own reading says where there is no apt-get to be asked. */
async function parsedAlone({ facts }: DoctorContext): Promise<readonly Complaint[]> {
  const { files } = await facts.apt()
  return files.flatMap(({ path, problem }) =>
    problem === null
      ? []
      : [
          {
            kind: 'malformed' as const,
            path,
            number: Number(problem.values['line']),
            text: causeText(problem.cause ?? ''),
          },
        ],
  )
}

async function sourceFound(context: DoctorContext, { kind, path, number, text }: Complaint): Promise<Found> {
  if (kind !== 'malformed' || path === null) {
    const code = kind === 'signed-by' ? 'packages.signed-by-conflict' : 'packages.update-failed'
    return { code, severity: 'error', subject: 'apt', values: { text }, evidence: [text] }
  }
  const bytes = await readOrNull(context.sys, path)
  const own = bytes === null ? undefined : sourceFile(path, bytes).problem?.values['line']
  // apt counts stanzas in a .sources file; our own reading knows the line.
  const line = own === undefined ? number : Number(own)
  return {
    code: 'packages.source-malformed',
    severity: 'error',
    subject: `${path}:${line}`,
    values: { path, line },
    evidence: [text],
    repairs: bytes === null ? [] : await lineRepairs(context, path, bytes, line),
  }
}

const BOM = '\u00ef\u00bb\u00bf'

/** A byte order mark goes; a line of a .list file that apt refuses becomes a comment. A stanza has to be mended by hand. */
async function lineRepairs(
  { sys }: DoctorContext,
  path: string,
  bytes: Uint8Array,
  line: number,
): Promise<readonly Repair[]> {
  const marked = line === 1 && toBinary(bytes).startsWith(BOM)
  if (!marked && !path.endsWith('.list')) return []
  // No helper plans edits: somebody without the rights is told what to do.
  if (splitLines(toBinary(bytes)).length < line || (await sys.obstacle(path).catch(() => 'closed')) !== null) return []
  const target: FileTarget = { kind: 'file', path, format: 'line', mode: 0o644, notify: [] }
  const edit: Edit = {
    target,
    owner: 'apt',
    key: lineKey(marked ? 'bom' : 'off', bytes, line),
    before: null,
    after: true,
  }
  // Apt stops at its first complaint; a file with a second one is none that a single line mends.
  const mended = lineFormat.edit(bytes, [edit])
  if (mended === null || sourceFile(path, mended).problem !== null) return []
  const key = `doctor-packages:repair.${marked ? 'bom' : 'off'}`
  return [{ kind: 'edits', note: { key, values: { path, line } }, safe: false, edits: [edit] }]
}
