import type { Credential, CredentialTrial } from '../contract/credential.ts'
import { waitFor } from '../core/patience.ts'
import { redact } from '../core/redact.ts'
import { parseChallenge } from '../core/challenge.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import { type Answer, type MirrorHttp, OutError } from '../mirrors/race/adapter.ts'

/** Milliseconds for one question; a registry may stall. */
export const TRIAL_TIMEOUT = waitFor('trial')

/**
 * Tries a credential at the address that it is for, before it is written anywhere. `not-asked`: the address answers
 * without one, so nothing is proved. `http` is closed here. Throws only when the signal aborts.
 */
export async function tryCredential(
  credential: Credential,
  http: MirrorClient,
  signal: AbortSignal,
): Promise<CredentialTrial> {
  try {
    return await (credential.target === 'docker' ? tryRegistry : tryPlain)(credential, http, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof OutError)) throw error
    return {
      state: 'unreachable',
      cause: redact(`${error.reason}: ${error.message}`).replaceAll(credential.secret, '••••'),
    }
  } finally {
    http.close()
  }
}

const basic = ({ login, secret }: Credential): string => `Basic ${Buffer.from(`${login}:${secret}`).toString('base64')}`

/** What only a person with rights is answered; a module or package that does not exist is an answer as well. */
function question({ target, url }: Credential): string {
  const base = url.replace(/\/+$/, '')
  if (target === 'npm') return `${base}/-/whoami`
  return target === 'go' ? `${base}/golang.org/x/text/@v/list` : `${base}/`
}

async function tryPlain(credential: Credential, http: MirrorHttp, signal: AbortSignal): Promise<CredentialTrial> {
  const address = question(credential)
  const bare = await http.ask(address, {}, signal)
  if (!asks(bare)) return { state: 'not-asked', cause: said(bare) }
  const authorization = credential.target === 'npm' ? `Bearer ${credential.secret}` : basic(credential)
  return verdict(await http.ask(address, { headers: { authorization }, follow: false }, signal))
}

/** The way of `docker login`: `/v2/` names who gives tokens, and that one asks for name and password. */
async function tryRegistry(credential: Credential, http: MirrorHttp, signal: AbortSignal): Promise<CredentialTrial> {
  const address = `${credential.url.replace(/\/+$/, '')}/v2/`
  const bare = await http.ask(address, {}, signal)
  if (!asks(bare)) return { state: 'not-asked', cause: said(bare) }
  const header = bare.headers['www-authenticate'] ?? null
  const challenge = parseChallenge(header, new URL(address))
  const authorization = basic(credential)
  if (challenge === null) return verdict(await http.ask(address, { headers: { authorization }, follow: false }, signal))
  if (challenge.service !== null) challenge.realm.searchParams.set('service', challenge.service)
  // Without an account a token is given as well, for nothing that is private.
  challenge.realm.searchParams.set('account', credential.login)
  return verdict(await http.ask(challenge.realm.href, { headers: { authorization }, follow: false }, signal))
}

const asks = ({ status }: Answer): boolean => status === 401 || status === 403 || status === 407
const said = ({ status, url }: Answer): string => redact(`${url}: HTTP ${status}`)

function verdict(answer: Answer): CredentialTrial {
  if (asks(answer)) return { state: 'refused', cause: said(answer) }
  // What is not there is an answer to somebody who may ask; a log-in page or a limit proves nothing.
  const answered = (answer.status >= 200 && answer.status < 300) || answer.status === 404 || answer.status === 410
  return { state: answered ? 'accepted' : 'unreachable', cause: said(answer) }
}
