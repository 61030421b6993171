import type { Finding, Note } from '../../contract/note.ts'
import type { Edit, Target } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { parseImage } from '../../contract/grammar.ts'
import type { Setting } from '../../core/setting.ts'
import type { Reader } from '../../core/system.ts'
import { folderOf, under } from '../../core/paths.ts'
import { askDistribution } from '../../docker/distribution.ts'
import { dockerState } from '../../docker/state.ts'
import { readOrNull } from '../read-keys.ts'
import { CONTENT_KEY, wholeFormat } from './text.ts'
import { readAuthority, readClient } from './pem.ts'

export type AuthorityState = {
  /** `certs.d` beside the daemon.json that the engine reads. */
  folder: string
  /** Reads the files that a profile names. */
  sys: Reader
}
/** One file below `certs.d`, and what it is to hold. */
type Wanted = { host: string; name: string; text: string; secret: boolean; before: string | null }
export type AuthorityChoice = { files: readonly Wanted[] }

/**
 * A registry's own authority, and the certificate that it asks of its clients, in `certs.d/HOST[:PORT]/`: the engine
 * looks there at each connection, so nothing is reloaded (docs.docker.com, "Verify repository client with certificates").
 */
export const authoritySetting: Setting<AuthorityState, AuthorityChoice> = {
  id: 'authority',
  async detect(sys, places, signal) {
    const { configFile } = await dockerState(sys, places, signal)
    return { folder: under(folderOf(configFile ?? places.docker.daemonJson.system), 'certs.d'), sys }
  },
  async choose(profile, { folder, sys }) {
    const wanted = (profile.authorities ?? []).filter((authority) => authority.for.includes('docker'))
    const hosts = privateHosts(profile)
    if (wanted.length === 0) return null
    if (hosts.length === 0) {
      const files = wanted.map(({ file }) => file).join(' ')
      return { choice: { files: [] }, notes: [{ key: 'setting:authority.noHost', values: { files } }] }
    }
    const files: Wanted[] = []
    const notes: Note[] = []
    const texts: string[] = []
    for (const authority of wanted) {
      const { text, facts } = await readAuthority(authority.file, sys)
      texts.push(text)
      notes.push({ key: 'setting:authority.chosen', values: { ...facts, hosts: hosts.join(' ') } })
    }
    const client = wanted.find((authority) => authority.client !== undefined)?.client
    const pair = client === undefined ? null : await readClient(client, sys)
    for (const host of hosts) {
      const add = async (name: string, text: string, secret: boolean): Promise<void> => {
        files.push({ host, name, text, secret, before: await present(sys, under(folder, host, name)) })
      }
      await add('ca.crt', [...new Set(texts)].join(''), false)
      if (pair !== null) {
        await add('client.cert', pair.cert, false)
        await add('client.key', pair.key, true)
      }
    }
    return { choice: { files }, notes }
  },
  plan: ({ folder }, { files }) =>
    files.filter(({ text, before }) => text !== before).map((file) => edit(folder, file)),
  async verify(sys, places, { files }, signal) {
    const hosts = [...new Set(files.map(({ host }) => host))]
    const { state } = await dockerState(sys, places, signal)
    if (state !== 'running') return []
    return Promise.all(
      hosts.map(async (host): Promise<Finding> => {
        const answer = await askDistribution(sys, places, host, signal)
        const key = `setting:authority.${answer.state}`
        const severity = answer.state === 'untrusted' ? 'error' : answer.state === 'answered' ? 'ok' : 'info'
        const details = answer.cause === null ? {} : { details: [answer.cause] }
        return { id: `authority.${host}`, severity, note: { key, values: { host } }, ...details }
      }),
    )
  },
}

/** Registries that the profile names and that speak TLS: its Docker sources, and the one in the image's own name. */
function privateHosts(profile: Profile): readonly string[] {
  const sources = profile.sources?.docker
  const mirrors = Array.isArray(sources) ? sources.map((url) => new URL(url)) : []
  const image = profile.image === undefined ? null : parseImage(profile.image)
  const own = image === null || image.registry === 'docker.io' ? [] : [image.registry]
  return [...new Set([...mirrors.filter(({ protocol }) => protocol === 'https:').map(({ host }) => host), ...own])]
}

async function present(sys: Reader, path: string): Promise<string | null> {
  const value = wholeFormat.read(await readOrNull(sys, path)).get(CONTENT_KEY)
  return typeof value === 'string' ? value : null
}

function edit(folder: string, { host, name, text, secret, before }: Wanted): Edit {
  const path = under(folder, host, name)
  const target: Target = { kind: 'file', path, format: 'whole', mode: secret ? 0o600 : 0o644, notify: [] }
  return { target, owner: 'authority', key: CONTENT_KEY, before, after: text, ...(secret ? { secret } : {}) }
}
