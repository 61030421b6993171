import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../binary.ts'
import { readOrNull } from '../read-keys.ts'
import type { ArchiveName } from './address.ts'
import type { AptSystem } from './system.ts'

/** What the system itself says about its archive: where it is by default, and its mirrors. */
export type Templates = { official: ReadonlyMap<ArchiveName, string>; mirrors: readonly string[] }

/**
 * python-apt's data (`Debian.info`, `Ubuntu.info` with the mirror lists they name). Empty where it is not
 * installed. The format: stanzas with `Suite`, `RepositoryType`, `BaseURI`, `BaseURI-<processor>`.
 */
export async function readTemplates(sys: Reader, places: Places, system: AptSystem): Promise<Templates> {
  const folder = places.apt.templates
  const name = system.distribution === 'debian' ? 'Debian' : 'Ubuntu'
  const read = async (file: string): Promise<string> =>
    toBinary((await readOrNull(sys, `${folder}/${file}`)) ?? new Uint8Array())
  const suites = (await read(`${name}.info`)).split(/\n\s*\n/).map(fieldsOf)
  const own = [system.codename, '{series}', 'devel']
    .map((suite) => suites.find((fields) => isMain(fields, suite)))
    .find((fields) => fields !== undefined)
  const lists = [...(own ?? [])].flatMap(([field, value]) => (field.startsWith('MirrorsFile') ? [value] : []))
  const mirrors: string[] = []
  for (const list of new Set(lists.filter((file) => /^[\w.-]+$/.test(file))))
    mirrors.push(...(await read(list)).split('\n').filter((line) => /^https?:\/\/\S+$/.test(line)))
  return { official: official(own, system.distribution), mirrors }
}

function fieldsOf(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const [, name = '', value = ''] of stanza.matchAll(/^([\w-]+):[ \t]*(.*)$/gm))
    if (!fields.has(name)) fields.set(name, value.trim())
  return fields
}

const isMain = (fields: ReadonlyMap<string, string>, suite: string): boolean =>
  fields.get('Suite') === suite &&
  fields.get('RepositoryType') === 'deb' &&
  fields.get('Official') !== 'false' &&
  fields.has('BaseURI')

function official(
  fields: ReadonlyMap<string, string> | undefined,
  distribution: AptSystem['distribution'],
): Templates['official'] {
  const found = new Map<ArchiveName, string>()
  const put = (name: ArchiveName, uri: string | undefined): void => {
    const plain = uri?.replace(/\/+$/, '')
    if (plain !== undefined && /^https?:\/\/[^\s"#]+$/.test(plain)) found.set(name, plain)
  }
  const common = fields?.get('BaseURI')
  if (distribution === 'debian') put('debian', common)
  else {
    put('ubuntu', fields?.get('BaseURI-amd64') ?? common)
    if (common?.includes('ubuntu-ports')) put('ubuntu-ports', common)
  }
  return found
}
