import { causeText } from '../../core/errors.ts'
import type { Reader } from '../../core/system.ts'

/** `good`, `bad` (forged, expired, or by a key that is none of these), `unknown` (cannot be checked here). */
export type Signature = { verdict: 'good' | 'bad' | 'unknown'; detail: string }
export type CheckSignature = (inRelease: Uint8Array, signal: AbortSignal) => Promise<Signature>

/**
 * Checks an InRelease as apt does: with gpgv and the keyrings that `Signed-By` names (paths of binary keyrings;
 * gpgv reads no armoured ones). At least one good signature and none that is forged.
 * Source: gpg's doc/DETAILS (status lines); apt's methods/gpgv.cc.
 */
export function gpgvSignature(sys: Pick<Reader, 'query'>, gpgv: string, keyrings: readonly string[]): CheckSignature {
  const usable = keyrings.filter((path) => /^\/.*\.(gpg|pgp)$/.test(path))
  return async (inRelease, signal) => {
    if (usable.length === 0) return { verdict: 'unknown', detail: 'no keyring' }
    const keys = usable.flatMap((path) => ['--keyring', path])
    try {
      const input = new TextDecoder('utf-8', { fatal: true }).decode(inRelease)
      // Without a home it reads nothing but the keyrings.
      const argv = [gpgv, '--homedir', '/nonexistent', '--status-fd', '1', ...keys] as const
      const { stdout } = await sys.query(argv, { input, signal, timeout: 5000, env: { LC_ALL: 'C' } })
      const verdict = verdictOf(stdout)
      // The key may stand in one of those that gpgv cannot read.
      const partly = usable.length < keyrings.length && verdict.detail.startsWith('NO_PUBKEY')
      return partly ? { ...verdict, verdict: 'unknown' } : verdict
    } catch (error) {
      signal.throwIfAborted()
      return { verdict: 'unknown', detail: causeText(error) }
    }
  }
}

function verdictOf(stdout: string): Signature {
  const lines = [...stdout.matchAll(/^\[GNUPG:\] (\S+) ?(.*)$/gm)]
  const named = (name: string): string | undefined => lines.find(([, own]) => own === name)?.[2]
  const forged = named('BADSIG')
  if (forged !== undefined) return { verdict: 'bad', detail: `BADSIG ${forged}` }
  const good = named('GOODSIG')
  // VALIDSIG alone also follows an expired or revoked key's signature.
  if (good !== undefined && named('VALIDSIG') !== undefined) return { verdict: 'good', detail: good }
  const last = lines
    .filter(([, name]) => /^(EXPSIG|EXPKEYSIG|REVKEYSIG|NO_PUBKEY|ERRSIG|NODATA)$/.test(name ?? ''))
    .at(-1)
  if (last === undefined) return { verdict: 'unknown', detail: 'gpgv said nothing of a signature' }
  return { verdict: 'bad', detail: `${last[1] ?? ''} ${last[2] ?? ''}`.trim() }
}
