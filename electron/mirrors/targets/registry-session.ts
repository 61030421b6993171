import { z } from 'zod'
import { parseChallenge } from '../../core/challenge.ts'
import { type Answer, type MirrorHttp, OutError } from '../race/adapter.ts'
import { askWhole, joinUrl, jsonOf, refusal, refusePage } from './answers.ts'

/** A pull-through registry may ask the Hub first: it stalls for seconds before it answers. */
const PATIENCE = 5000
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })

export type RegistryAsk = { method?: 'GET' | 'HEAD'; headers?: Readonly<Record<string, string>>; maxBytes?: number }

/** One repository of one registry, after its log-in. */
export type RegistrySession = {
  /** Any status. `path` under `/v2/<repository>/`: `manifests/<tag>`, `blobs/<digest>`. */
  ask(path: string, ask: RegistryAsk, signal: AbortSignal): Promise<Answer>
  /** Where a path stands, and what has to be sent with it. */
  address(path: string): { url: string; headers: Readonly<Record<string, string>> }
}

/**
 * Does what dockerd does before a pull: `/v2/`, and where that wants a token, the token of the realm that the
 * registry itself names. A name and a password in the address go to that realm.
 * Throws `OutError`. Source: distribution/distribution docs/spec/api and docs/spec/auth/token.
 */
export async function openSession(
  base: string,
  repository: string,
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<RegistrySession> {
  const ping = await http.ask(joinUrl(base, 'v2/'), { maxBytes: 64 * 1024, timeout: PATIENCE }, signal)
  const token = await tokenOf(ping, base, repository, http, signal)
  const headers = { accept: ACCEPT, ...(token === null ? {} : { authorization: `Bearer ${token}` }) }
  const url = (path: string): string => joinUrl(base, `v2/${repository}/${path}`)
  return {
    ask: (path, ask, inner) =>
      http.ask(url(path), { timeout: PATIENCE, ...ask, headers: { ...headers, ...ask.headers } }, inner),
    address: (path) => ({ url: url(path), headers }),
  }
}

async function tokenOf(
  ping: Answer,
  base: string,
  repository: string,
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<string | null> {
  if (ping.status === 200) {
    refusePage(ping, '/v2/')
    return null
  }
  if (ping.status !== 401) throw refusal(ping, '/v2/')
  const challenge = parseChallenge(ping.headers['www-authenticate'] ?? null, new URL(ping.url))
  if (!challenge) throw refusal(ping, '/v2/')
  const { realm, service } = challenge
  if (service !== null) realm.searchParams.set('service', service)
  realm.searchParams.set('scope', `repository:${repository}:pull`)
  const ask = { what: 'token', timeout: PATIENCE, headers: basicOf(base) }
  const grant = jsonOf(tokenSchema, await askWhole(http, realm.href, ask, signal), 'token')
  const token = grant.token ?? grant.access_token ?? ''
  if (!/^[\x21-\x7e]+$/.test(token)) throw new OutError('not-artefact', 'token: the service gave none')
  return token
}

function basicOf(base: string): Record<string, string> {
  const { username, password } = new URL(base)
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
