import type { Edit, Target } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import { archiveOf, archiveUri, sameUri } from './address.ts'
import type { AptState, Source } from './detect.ts'
import { uriValue } from './entry.ts'
import { former } from './history.ts'
import { isOfficialHost, webUris } from './recognise.ts'
import type { AptSystem } from './system.ts'

/** A mirror's address, what the system had by itself, or all as it is. */
export type AptChoice = { kind: 'mirror'; base: string } | { kind: 'official' } | { kind: 'keep' }

/** The sources that are ours to change. */
export const ownSources = ({ sources }: AptState): readonly Source[] => sources.filter(({ kind }) => kind === 'archive')

/**
 * Changes the addresses of the distribution's own archive, security updates and everybody else's apart.
 * Throws `unparsable-file`, `apt-unknown-system`, `apt-no-archive`, `apt-no-official`, `apt-other-archive`,
 * `apt-no-authorities`.
 */
export function planApt(state: AptState, choice: AptChoice): readonly Edit[] {
  if (choice.kind === 'keep') return []
  const { system } = state
  if (system === null) throw new CodedError('apt-unknown-system')
  const broken = state.files.find(({ problem }) => problem !== null)
  if (broken?.problem) throw broken.problem
  const own = ownSources(state)
  if (own.length === 0) throw new CodedError('apt-no-archive', { path: state.files[0]?.path ?? 'sources.list' })
  return own.flatMap((source) => editOf(source, wantedValue(source, choice, state, system), state))
}

function editOf(source: Source, after: string, state: AptState): readonly Edit[] {
  const { file, entry } = source
  const before = uriValue(entry.uris)
  const words = after.split(' ')
  if (words.length === entry.uris.length && entry.uris.every(({ text }, at) => sameUri(text, words[at] ?? '')))
    return []
  const secure = words.find((uri) => /^https:/i.test(uri))
  if (secure !== undefined && !state.hasAuthorities) throw new CodedError('apt-no-authorities', { url: secure })
  const target: Target = {
    kind: 'file',
    path: file.path,
    format: file.format,
    mode: 0o644,
    notify: ['apt-update'],
  }
  return [{ target, owner: 'apt', key: entry.key, before, after }]
}

/** The addresses that a source shall have. */
function wantedValue(source: Source, choice: AptChoice, state: AptState, system: AptSystem): string {
  const { entry } = source
  if (choice.kind === 'mirror') {
    const uri = archiveUri(choice.base, archiveOf(system, entry))
    if (uri === null) throw new CodedError('apt-other-archive', { url: choice.base, archive: archiveOf(system, entry) })
    return withMirror(source, uri)
  }
  const found = officialValue(source, state, system)
  if (found === null) throw new CodedError('apt-no-official', { path: source.file.path, line: entry.line })
  return found
}

/** The mirror instead of all web addresses; discs, folders and the like stay where they are. */
function withMirror({ entry }: Source, uri: string): string {
  const [first, ...others] = webUris(entry)
  return entry.uris
    .filter((word) => !others.includes(word))
    .map((word) => (word === first ? uri : word.text))
    .join(' ')
}

/**
 * What a source had before our first change; else what it has, where that is a host of the distribution itself;
 * else what the system's templates name. null: nobody knows.
 */
export function officialValue(source: Source, state: AptState, system: AptSystem): string | null {
  const { file, entry } = source
  const before = former(state.past, file.path, entry.key, uriValue(entry.uris))
  if (before !== null) return before
  if (webUris(entry).every(({ text }) => isOfficialHost(text, system.distribution))) return uriValue(entry.uris)
  const uri = state.templates.official.get(archiveOf(system, entry))
  return uri === undefined ? null : withMirror(source, uri)
}
