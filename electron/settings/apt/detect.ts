import type { FormatId } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../binary.ts'
import { readOrNull } from '../read-keys.ts'
import { parseDeb822 } from './deb822.ts'
import type { Entry } from './entry.ts'
import { aptPast, type Past } from './history.ts'
import { parseOneLine } from './one-line.ts'
import { type Kind, listName, recognise } from './recognise.ts'
import { type AptSystem, aptSystem } from './system.ts'
import { readTemplates, type Templates } from './templates.ts'

/** One file of sources. `entries` null: apt could not read it either; `problem` says why. */
export type SourceFile = {
  path: string
  format: Extract<FormatId, 'apt-deb822' | 'apt-list'>
  bytes: Uint8Array
  entries: readonly Entry[] | null
  problem: CodedError | null
}
/** A source in use, and whose it is. */
export type Source = { file: SourceFile; entry: Entry; kind: Kind }

export type AptState = {
  /** null: not Debian, not Ubuntu, nothing built on them. */
  system: AptSystem | null
  files: readonly SourceFile[]
  sources: readonly Source[]
  templates: Templates
  past: readonly Past[]
  /** Whether https can be checked: the package ca-certificates is there. */
  hasAuthorities: boolean
}

/** Looks at apt's sources and at all that tells whose they are. */
export async function detectApt(sys: Reader, places: Places): Promise<AptState> {
  const system = await aptSystem(sys, places)
  const files = system === null ? [] : await sourceFiles(sys, places)
  const templates = system === null ? { official: new Map(), mirrors: [] } : await readTemplates(sys, places, system)
  const past = system === null ? [] : await aptPast(sys, places)
  const pairs = files.flatMap((file) => (file.entries ?? []).map((entry) => ({ file, entry })))
  const entries = pairs.map(({ entry }) => entry)
  const written = past.flatMap(({ before, after }) => [before, after]).flatMap((value) => value.split(' '))
  const known = [...templates.official.values(), ...templates.mirrors, ...written]
  const origins = system === null ? new Map<string, string>() : await originsOf(sys, places, entries)
  const kinds = system === null ? [] : recognise(entries, { system, origins, known })
  return {
    system,
    files,
    templates,
    past,
    sources: pairs.map(({ file, entry }, index) => ({ file, entry, kind: kinds[index] ?? 'foreign' })),
    hasAuthorities: (await readOrNull(sys, places.apt.authorities)) !== null,
  }
}

/** `sources.list` and what apt takes from `sources.list.d` (apt.conf(5): names of plain characters). */
async function sourceFiles(sys: Reader, { apt }: Places): Promise<readonly SourceFile[]> {
  const parts = `${apt.folder}/sources.list.d`
  const names = await sys.list(parts).catch(() => [])
  const taken = names.filter((name) => /^[\w.-]+\.(list|sources)$/.test(name)).toSorted()
  const files: SourceFile[] = []
  for (const path of [`${apt.folder}/sources.list`, ...taken.map((name) => `${parts}/${name}`)]) {
    const bytes = await readOrNull(sys, path)
    if (bytes !== null) files.push(sourceFile(path, bytes))
  }
  return files
}

/** Reads one file. The format follows from its name. */
export function sourceFile(path: string, bytes: Uint8Array): SourceFile {
  const stanzas = path.endsWith('.sources')
  const file = { path, format: stanzas ? ('apt-deb822' as const) : ('apt-list' as const), bytes }
  try {
    const entries = (stanzas ? parseDeb822 : parseOneLine)(toBinary(bytes))
    return { ...file, entries, problem: null }
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return { ...file, entries: null, problem: new CodedError(error.code, { ...error.values, path }, error.cause) }
  }
}

async function originsOf(
  sys: Reader,
  { apt }: Places,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, string>> {
  const origins = new Map<string, string>()
  const names = entries.flatMap(({ uris, suites }) =>
    uris.flatMap(({ text }) => suites.map((suite) => listName(text, suite))),
  )
  for (const name of new Set(names)) {
    const bytes = await readOrNull(sys, `${apt.lists}/${name}`)
    const origin = bytes === null ? undefined : releaseFacts(bytes).origin
    if (origin !== undefined) origins.set(name, origin)
  }
  return origins
}

/** Who a Release or InRelease file is from, and its date. */
export function releaseFacts(bytes: Uint8Array): { origin?: string; date?: Date } {
  const text = toBinary(bytes)
  const origin = /^Origin: *(.+?)\s*$/m.exec(text)?.[1]
  const date = new Date(/^Date: *(.+?)\s*$/m.exec(text)?.[1] ?? '')
  return { ...(origin === undefined ? {} : { origin }), ...(Number.isNaN(date.getTime()) ? {} : { date }) }
}
