import type { Edit, Target } from '../../../contract/plan.ts'
import { causeText, errno } from '../../../core/errors.ts'
import { decode, splitLines, toBinary } from '../../../settings/binary.ts'
import { CONTENT_KEY } from '../../../settings/authority/text.ts'
import { hasBom } from '../../../settings/why/goenv-lines.ts'
import { lineKeys } from '../../../settings/why/line-text.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'

/** Whether Go reads the GOENV file as it was meant (golang/go cmd/go/internal/cfg `readEnvFile`). */
export const goEnvFileCheck: DoctorCheck = {
  id: 'go.env-file',
  category: 'go',
  deadline: 5000,
  codes: ['go.env-unreadable', 'go.env-utf16', 'go.env-bom', 'go.env-crlf'],
  explains: ['go-proxy-scheme', 'go-flags'],
  applies: ({ places }) => Promise.resolve(places.goenv !== null),
  async check({ sys, places }) {
    const path = places.goenv ?? ''
    try {
      const bytes = await sys.readFile(path)
      return {
        found: isUtf16(bytes) ? [inUtf16(path, bytes)] : [...byteOrderMark(path, bytes), ...returns(path, bytes)],
      }
    } catch (error) {
      return { found: errno(error) === 'ENOENT' ? [] : await unreadable({ sys }, path, error) }
    }
  },
}

/** PowerShell's `>` writes two bytes a character: Go finds no line in it. */
const isUtf16 = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xfe

function inUtf16(path: string, bytes: Uint8Array): Found {
  const text = new TextDecoder('utf-16le').decode(bytes).replaceAll('\r\n', '\n')
  const edit: Edit = {
    target: { kind: 'file', path, format: 'whole', mode: 0o644, notify: [] },
    owner: 'go',
    key: CONTENT_KEY,
    before: decode(toBinary(bytes)),
    after: text,
  }
  const repair: Repair = { kind: 'edits', edits: [edit], note: { key: 'doctor-go:repair.utf16' }, safe: true }
  return { code: 'go.env-utf16', severity: 'error', subject: path, repairs: [repair] }
}

const SETS = /^[A-Z][A-Z0-9_]*=/
const BOM_LENGTH = 3
/** More lines than Go has variables; so many edits nobody can read. */
const MOST = 2000
const MOST_TOLD = 100

/** Where line 1 sets nothing, the mark in front of it does no harm. */
function byteOrderMark(path: string, bytes: Uint8Array): readonly Found[] {
  if (!hasBom(bytes)) return []
  const [line = ''] = splitLines(toBinary(bytes.subarray(BOM_LENGTH)))
  const [named] = SETS.exec(line) ?? []
  if (named === undefined) return []
  const name = named.slice(0, -1)
  const repair = mend('bom', path, bytes, [1])
  const values = { name }
  return [{ code: 'go.env-bom', severity: 'error', subject: path, values, evidence: [`1: ${name}`], repairs: [repair] }]
}

/** A carriage return on a line that sets something belongs to the value. */
function returns(path: string, bytes: Uint8Array): readonly Found[] {
  const lines = splitLines(toBinary(hasBom(bytes) ? bytes.subarray(BOM_LENGTH) : bytes))
  const ended = lines.flatMap((line, index) => (/\r\n?$/.test(line) ? [index + 1] : []))
  const hurt = ended.filter((line) => SETS.test(lines[line - 1] ?? ''))
  if (hurt.length === 0) return []
  const names = hurt.map((line) => SETS.exec(lines[line - 1] ?? '')?.[0].slice(0, -1) ?? '')
  return [
    {
      code: 'go.env-crlf',
      severity: 'error',
      subject: path,
      values: { names: [...new Set(names)].join(', ') },
      evidence: hurt.slice(0, MOST_TOLD).map((line, index) => `${line}: ${names[index]}`),
      repairs: ended.length > MOST ? [] : [mend('cr', path, bytes, ended)],
    },
  ]
}

function mend(way: 'bom' | 'cr', path: string, bytes: Uint8Array, lines: readonly number[]): Repair {
  const target: Target = { kind: 'file', path, format: 'line', mode: 0o644, notify: [] }
  const keys = lineKeys(way, bytes, lines)
  const edits = keys.map((key): Edit => ({ target, owner: 'go', key, before: null, after: true }))
  return { kind: 'edits', edits, note: { key: `doctor-go:repair.${way}` }, safe: true }
}

async function unreadable(
  { sys }: Pick<DoctorContext, 'sys'>,
  path: string,
  error: unknown,
): Promise<readonly Found[]> {
  const real = await sys.resolve(path).catch(() => path)
  const stat = await sys.lstat(real).catch(() => null)
  const found = { code: 'go.env-unreadable', severity: 'error' as const, subject: path, evidence: [causeText(error)] }
  if (stat === null) return [found]
  if (stat.kind === 'dir') {
    const empty = (await sys.list(real).catch(() => ['?'])).length === 0
    const tree = { kind: 'tree' as const, path: real, bytes: 0, mtimeMs: stat.mtimeMs, final: false, admin: false }
    const note = { key: 'doctor-go:repair.folder', values: { path: real } }
    return [{ ...found, repairs: [{ kind: 'changes', changes: [tree], note, safe: empty }] }]
  }
  if (stat.kind !== 'file' || stat.uid !== sys.identity.uid || (stat.mode & 0o400) !== 0) return [found]
  const { mode, uid, gid } = stat
  const [before, after] = [
    { mode, uid, gid },
    { mode: mode | 0o600, uid, gid },
  ]
  const rights = { kind: 'rights' as const, path: real, before, after, admin: false }
  const note = { key: 'doctor-go:repair.readable', values: { path: real } }
  return [{ ...found, repairs: [{ kind: 'changes', changes: [rights], note, safe: true }] }]
}
