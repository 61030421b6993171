import type { Note } from '../../contract/note.ts'
import type { Edit, Target } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { parseImage } from '../../contract/grammar.ts'
import { folderOf, under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { dockerState } from '../../docker/state.ts'
import { readOrNull } from '../read-keys.ts'
import { readAuthority, readClient } from './pem.ts'
import { CONTENT_KEY, wholeFormat } from './text.ts'

export type ForDocker = { edits: readonly Edit[]; notes: readonly Note[]; hosts: readonly string[] }

/** `certs.d` beside the daemon.json that the engine reads. */
export async function certsFolder(sys: Reader, places: Places, signal: AbortSignal): Promise<string> {
  const { configFile } = await dockerState(sys, places, signal)
  return under(folderOf(configFile ?? places.docker.daemonJson.system), 'certs.d')
}

/**
 * A registry's own authority, and the certificate that it asks of its clients, in `certs.d/HOST[:PORT]/`: the engine
 * looks there at each connection, so nothing is reloaded (docs.docker.com, "Verify repository client with certificates").
 */
export async function forDocker(profile: Profile, folder: string, sys: Reader): Promise<ForDocker> {
  const wanted = (profile.authorities ?? []).filter((authority) => authority.for.includes('docker'))
  const hosts = wanted.length === 0 ? [] : privateHosts(profile)
  if (wanted.length > 0 && hosts.length === 0) {
    const files = wanted.map(({ file }) => file).join(' ')
    return { edits: [], notes: [{ key: 'setting:authority.noHost', values: { files } }], hosts }
  }
  const notes: Note[] = []
  const texts: string[] = []
  for (const authority of wanted) {
    const { text, facts } = await readAuthority(authority.file, sys)
    texts.push(text)
    notes.push({ key: 'setting:authority.chosen', values: { ...facts, hosts: hosts.join(' ') } })
  }
  const client = wanted.find((authority) => authority.client !== undefined)?.client
  const pair = client === undefined ? null : await readClient(client, sys)
  const edits: Edit[] = []
  for (const host of hosts) {
    const add = async (name: string, text: string, secret: boolean): Promise<void> => {
      const edit = await wholeEdit(sys, under(folder, host, name), text, secret)
      if (edit !== null) edits.push(edit)
    }
    await add('ca.crt', [...new Set(texts)].join(''), false)
    if (pair !== null) {
      await add('client.cert', pair.cert, false)
      await add('client.key', pair.key, true)
    }
  }
  return { edits, notes, hosts }
}

/** Registries that the profile names and that speak TLS: its Docker sources, and the one in the image's own name. */
function privateHosts(profile: Profile): readonly string[] {
  const sources = profile.sources?.docker
  const mirrors = Array.isArray(sources) ? sources.map((url) => new URL(url)) : []
  const image = profile.image === undefined ? null : parseImage(profile.image)
  const own = image === null || image.registry === 'docker.io' ? [] : [image.registry]
  return [...new Set([...mirrors.filter(({ protocol }) => protocol === 'https:').map(({ host }) => host), ...own])]
}

/** A file that is to hold a text and nothing else; null where it does. */
export async function wholeEdit(
  sys: Reader,
  path: string,
  text: string,
  secret = false,
  notify: Extract<Target, { kind: 'file' }>['notify'] = [],
): Promise<Edit | null> {
  const before = await textOf(sys, path)
  if (before === text) return null
  const target: Target = { kind: 'file', path, format: 'whole', mode: secret ? 0o600 : 0o644, notify }
  return { target, owner: 'authority', key: CONTENT_KEY, before, after: text, ...(secret ? { secret } : {}) }
}

/** What a file holds; null where it is not there. */
export async function textOf(sys: Reader, path: string): Promise<string | null> {
  const value = wholeFormat.read(await readOrNull(sys, path)).get(CONTENT_KEY)
  return typeof value === 'string' ? value : null
}
