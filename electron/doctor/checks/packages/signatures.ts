import type { Reader } from '../../../core/system.ts'
import type { SourceFile } from '../../../settings/apt/detect.ts'
import type { Entry } from '../../../settings/apt/entry.ts'
import { listName, webUris } from '../../../settings/apt/recognise.ts'
import { fromBinary, toBinary } from '../../../settings/binary.ts'
import { findPrograms, PLAIN_PATH } from '../../../settings/find-program.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { DoctorContext, Found } from '../../check.ts'

/** `rings` null: apt's own. */
type Signed = { file: SourceFile; entry: Entry; rings: readonly string[] | null }

/** Lists whose signature is looked at; a machine with more has them from few people. */
const MOST = 12

/**
 * Asks gpgv of each list that apt has fetched whether the keys of its source still vouch for it. One good signature of
 * several is enough, as it is for apt. Says nothing without gpgv.
 */
export async function judgeSignatures(
  { sys, places }: DoctorContext,
  sources: readonly Signed[],
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const gpgv = (await findPrograms(sys, places, 'gpgv', ['/usr/bin/gpgv']))[0]
  if (gpgv === undefined) return []
  const common = await commonRings(sys, places.apt.folder)
  const found: Found[] = []
  const lists = sources
    .flatMap(({ file, entry, rings }) =>
      webUris(entry).flatMap(({ text }) =>
        entry.suites.map((suite) => ({ file, entry, rings: rings ?? common, text, suite })),
      ),
    )
    .slice(0, MOST)
  await Promise.all(
    lists.map(async ({ file, entry, rings, text, suite }) => {
      const list = `${places.apt.lists}/${listName(text, suite)}`
      const bytes = await readOrNull(sys, list)
      const keys = await Promise.all(rings.map((ring) => readOrNull(sys, ring)))
      const known = keys.filter((key) => key !== null)
      if (bytes === null || known.length === 0) return
      const said = await verify(sys, gpgv, bytes, known, signal)
      if (said === null || / GOODSIG /.test(said)) return
      const expired = /\[GNUPG:\] EXPKEYSIG ([0-9A-F]+)/.exec(said)?.[1]
      const missing = /\[GNUPG:\] NO_PUBKEY ([0-9A-F]+)/.exec(said)?.[1]
      const key = expired ?? missing
      if (key === undefined) return
      found.push({
        code: expired === undefined ? 'packages.key-missing' : 'packages.key-expired',
        severity: 'error',
        subject: key,
        values: { key, path: file.path, line: entry.line, address: text },
        evidence: said.split('\n').filter((line) => /EXPKEYSIG|NO_PUBKEY|KEYEXPIRED/.test(line)),
      })
    }),
  )
  return found
}

/** apt's own key rings (apt-secure(8)). */
async function commonRings(sys: Reader, folder: string): Promise<readonly string[]> {
  const parts = await sys.list(`${folder}/trusted.gpg.d`).catch(() => [])
  const named = parts.filter((name) => /\.(?:gpg|asc)$/.test(name)).toSorted()
  return [`${folder}/trusted.gpg`, ...named.map((name) => `${folder}/trusted.gpg.d/${name}`)]
}

/** What gpgv says in its own form for programs; null: it did not run. */
async function verify(
  sys: Reader,
  gpgv: string,
  list: Uint8Array,
  keys: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<string | null> {
  const rings = keys.map((key, index) => [`ring-${index}.gpg`, binaryKey(key)] as const)
  return sys.withScratch({ list, ...Object.fromEntries(rings) }, async (folder) => {
    const options = rings.flatMap(([name]) => ['--keyring', `${folder}/${name}`])
    const env = { PATH: PLAIN_PATH, LC_ALL: 'C', GNUPGHOME: folder }
    const argv = [gpgv, '--homedir', folder, '--status-fd', '1', ...options, `${folder}/list`] as const
    const answer = await sys.query(argv, { env, cwd: '/', timeout: 3000, signal }).catch(() => null)
    return answer === null || answer.code === null ? null : answer.stdout
  })
}

/** gpgv reads no armour (RFC 4880, 6.2): base64 between two lines, a checksum behind `=`. */
export function binaryKey(key: Uint8Array): Uint8Array {
  const text = toBinary(key)
  if (!text.includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')) return key
  const blocks = text.matchAll(
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\s-][^\n]*\n)*?\r?\n([^-]*?)(?:\r?\n=[^\n]*)?\r?\n-----END/g,
  )
  return fromBinary([...blocks].map(([, body = '']) => Buffer.from(body, 'base64').toString('latin1')).join(''))
}
