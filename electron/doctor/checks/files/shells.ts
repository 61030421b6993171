import type { Edit, FileTarget } from '../../../contract/plan.ts'
import { CodedError } from '../../../core/errors.ts'
import { decode, toBinary } from '../../../settings/binary.ts'
import { readKeys } from '../../../settings/read-keys.ts'
import type { ShellState } from '../../../settings/shell/detect.ts'
import { FAMILY, envPath, ownFiles, sourceLine } from '../../../settings/shell/families.ts'
import { fenceFormat } from '../../../settings/shell/fence-text.ts'
import { underHome } from '../../../settings/shell/quote.ts'
import { SHELL_IDS } from '../../../contract/profile.ts'
import type { Places } from '../../../core/places.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { type LastWrite, lastWrites } from './last-writes.ts'
import { mendedFence } from './mended-fence.ts'
import { shadowFound } from './shadowed.ts'
import { carriageFound } from './carriage-returns.ts'
import { hasSyntaxError } from './syntax.ts'

/** The shells' files of this user: our block and our own files in them, line ends, what hides what. */
export const shellsCheck: DoctorCheck = {
  id: 'files.shells',
  category: 'files',
  deadline: 4900,
  codes: [
    'files.fence-damaged',
    'files.fence-edited',
    'files.env-file-missing',
    'files.env-file-damaged',
    'files.shell-crlf',
    'files.profile-shadowed',
  ],
  explains: ['command-missing'],
  applies: ({ places }) => Promise.resolve(places.platform !== 'win32'),
  async check(context, signal) {
    const { sys, places, facts } = context
    const [state, writes] = await Promise.all([facts.shells(), lastWrites(sys, places)])
    const blocks = await blockFindings(context, state, writes)
    const own = await ownFindings(context, state, writes, signal)
    const ends = await carriageFound(context, state)
    const shadow = blocks.length > 0 ? [] : shadowFound(context, state)
    return { found: [...blocks, ...own, ...ends, ...shadow] }
  },
}

/** The user's files with the line that our block in them holds, by family. */
function blockFiles(places: Places, state: ShellState): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const id of SHELL_IDS) {
    const own = envPath(places, FAMILY[id], 'user')
    if (own === null) continue
    const line = sourceLine(FAMILY[id], underHome(own, places.home))
    for (const path of state.user[id]) if (path !== own && !files.has(path)) files.set(path, line)
  }
  return files
}

async function blockFindings(
  { sys, places }: DoctorContext,
  state: ShellState,
  writes: ReadonlyMap<string, LastWrite>,
): Promise<readonly Found[]> {
  const found: Found[] = []
  const seen = new Set<string>()
  for (const [path, line] of blockFiles(places, state)) {
    const bytes = state.files.get(path) ?? null
    const real = await sys.resolve(path).catch(() => path)
    if (bytes === null || seen.has(real)) continue
    seen.add(real)
    let body: unknown
    try {
      body = fenceFormat.read(bytes).get('source') ?? null
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'fence-damaged') throw error
      found.push(damagedFound(path, bytes, line, Number(error.values['line'])))
      continue
    }
    const wanted = writes.get(real)?.keys.get('fence source')
    if (body === null || typeof wanted !== 'string' || body === wanted) continue
    const target: FileTarget = { kind: 'file', path, format: 'fence', mode: 0o644, notify: [] }
    const before = typeof body === 'string' ? body : null
    const edits: readonly Edit[] = [{ target, owner: 'shell', key: 'source', before, after: wanted }]
    found.push({
      code: 'files.fence-edited',
      severity: 'warning',
      subject: path,
      values: { path },
      repairs: [{ kind: 'edits', note: { key: 'doctor-files:repair.fence', values: { path } }, safe: false, edits }],
    })
  }
  return found
}

function damagedFound(path: string, bytes: Uint8Array, line: string, at: number): Found {
  const mended = mendedFence(toBinary(bytes), line)
  const target: FileTarget = { kind: 'file', path, format: 'whole', mode: 0o644, notify: [] }
  // What is no text cannot be put back as one.
  const before = decode(toBinary(bytes))
  const isText = Buffer.from(before, 'utf8').equals(Buffer.from(bytes))
  return {
    code: 'files.fence-damaged',
    severity: 'warning',
    subject: path,
    values: { path, line: at },
    ...(mended === null || !isText
      ? {}
      : {
          repairs: [
            {
              kind: 'edits',
              note: { key: 'doctor-files:repair.fence', values: { path } },
              safe: true,
              edits: [{ target, owner: 'shell', key: 'content', before, after: decode(mended) }],
            },
          ],
        }),
  }
}

/** Our own files of this user: gone although our records say that they stand, or no longer what we can read. */
async function ownFindings(
  { sys, places }: DoctorContext,
  state: ShellState,
  writes: ReadonlyMap<string, LastWrite>,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const { path, format } of ownFiles(places, 'user')) {
    const bytes = state.files.get(path) ?? null
    const last = writes.get(await sys.resolve(path).catch(() => path)) ?? null
    const target: FileTarget = { kind: 'file', path, format: format.id, mode: 0o644, notify: [] }
    if (bytes === null) {
      // One that is there and cannot be read is told of as what it is.
      const there = await sys.lstat(path).catch(() => 'closed')
      if (last?.bytes == null || there !== null) continue
      const edits = [...readKeys(format, path, last.bytes)].map(
        ([key, after]): Edit => ({ target, owner: 'shell', key, before: null, after }),
      )
      found.push({
        code: 'files.env-file-missing',
        severity: 'error',
        subject: path,
        values: { path },
        repairs: [{ kind: 'edits', note: { key: 'doctor-files:repair.envFile', values: { path } }, safe: true, edits }],
      })
      continue
    }
    const line = unreadableLine(() => format.read(bytes))
    if (line === null) continue
    const before = decode(toBinary(bytes))
    const known = last?.bytes == null || unreadableLine(() => format.read(last.bytes)) !== null ? null : last.bytes
    const whole: Edit[] =
      known === null || !Buffer.from(before, 'utf8').equals(Buffer.from(bytes))
        ? []
        : [
            {
              target: { ...target, format: 'whole' },
              owner: 'shell',
              key: 'content',
              before,
              after: decode(toBinary(known)),
            },
          ]
    found.push({
      code: 'files.env-file-damaged',
      severity: format.id === 'env-sh' && (await hasSyntaxError(sys, path, signal)) ? 'error' : 'warning',
      subject: path,
      values: { path, line },
      ...(whole.length === 0
        ? {}
        : {
            repairs: [
              {
                kind: 'edits',
                note: { key: 'doctor-files:repair.envFile', values: { path } },
                safe: true,
                edits: whole,
              },
            ],
          }),
    })
  }
  return found
}

function unreadableLine(read: () => unknown): number | null {
  try {
    read()
    return null
  } catch (error) {
    if (error instanceof CodedError && error.code === 'unparsable-file') return Number(error.values['line'])
    throw error
  }
}
