import { createHash } from 'node:crypto'
import type { Edit, FormatId, Target } from '../../contract/plan.ts'
import type { Finding, Note } from '../../contract/note.ts'
import type { WhyAnswer, WhyContext, WhyLayer } from '../../contract/why.ts'
import type { Places } from '../../core/places.ts'
import { envTarget } from '../../core/env.ts'
import { isSecretName, redact } from '../../core/redact.ts'
import { type Context, contextsOf, type Set as Setting } from './contexts.ts'
import type { WhyFacts } from './facts.ts'
import { type FileLayer, fileLayers } from './file-layers.ts'
import type { Ask } from './go-below.ts'
import { lineKey } from './line-text.ts'
import { type Entry, rank } from './rank.ts'
import type { RegistryLayer } from './registry.ts'
import type { Below } from './tool.ts'

/** What is shown, and the edits behind each thing that can be done, by the id that was given out. */
export type Answer = { why: WhyAnswer; removals: ReadonlyMap<string, Removal> }
export type Removal = { name: string; edits: readonly Edit[]; note: Note }

export type Question = {
  name: string
  facts: WhyFacts
  image: { reference: string; env: ReadonlyMap<string, string> } | null
  /** What the tool goes by without the variable, in a context. */
  below(ask: Ask): readonly Below[]
  /** Whether a variable that is empty still counts. */
  emptyHides: boolean
  findings: readonly Finding[]
  programs: WhyAnswer['programs']
}

/** Every layer of one variable, and who wins in each kind of program. Pure, but for what `facts` still wants to look at. */
export function explain({ name, facts, image, below, emptyHides, findings, programs }: Question): Answer {
  const players = new Map(facts.starts.map(({ id, player }) => [id, player]))
  const found = fileLayers(name, facts.files, players, facts.world, facts.places)
  const book = new LayerBook(name, facts)
  const contexts = contextsOf(facts, image).map((context) =>
    answered(context, name, found, below(context.ask), book, emptyHides),
  )
  // Also what no kind of start reads is shown.
  for (const layer of found) book.file(layer)
  return { why: { name, layers: book.layers, contexts, programs, findings: [...findings] }, removals: book.removals }
}

function answered(
  context: Context,
  name: string,
  layers: readonly FileLayer[],
  below: readonly Below[],
  book: LayerBook,
  emptyHides: boolean,
): WhyContext {
  const { entries, how } = context.entries(name, layers)
  const tool = context.kind === 'image' ? below.filter(({ kind }) => kind === 'goenv').map(mounted) : below
  const ranked = rank([...entries.map((one) => book.set(one)), ...tool.map((one) => book.below(one))], emptyHides)
  const { id, kind, shell, start } = context
  const open = how === 'open' || ranked.open
  const common = { id, kind, shell, start, how: open ? ('open' as const) : how }
  if (!open)
    return {
      ...common,
      value: ranked.value === null ? null : book.shown(ranked.value),
      winner: ranked.winner,
      rows: [...ranked.rows],
    }
  // What stands behind something that nobody knows may count or not.
  const rows = ranked.rows.map((row) =>
    row.state === 'wins' ? { ...row, state: 'unsure' as const, reason: { key: 'why:reason.maybe' } } : row,
  )
  return { ...common, value: null, winner: null, rows }
}

/** In a container the file counts only where somebody brings it in. */
const mounted = (one: Below): Below => (one.read === 'counts' ? { ...one, reason: { key: 'why:reason.mounted' } } : one)

/** Takes layers in once, however many contexts name them, and keeps what takes them away. */
class LayerBook {
  readonly layers: WhyLayer[] = []
  readonly removals = new Map<string, Removal>()
  readonly #name: string
  readonly #facts: WhyFacts

  constructor(name: string, facts: WhyFacts) {
    this.#name = name
    this.#facts = facts
  }

  /** A value as it may be seen. */
  shown(value: string): string {
    if (isSecretName(this.#name)) return value === '' ? '' : '••••'
    const label = `${this.#name}=`
    return redact(label + value).slice(label.length)
  }

  set({ of, value, read, reason }: Setting): Entry {
    const layer =
      'path' in of ? this.file(of, value) : of.kind === 'registry' ? this.#registry(of) : this.#nobody(of, value)
    return {
      layer,
      where: 'path' in of ? `${of.path}:${of.line}` : of.from,
      value,
      read,
      ...(reason === undefined ? {} : { reason }),
    }
  }

  file(of: FileLayer, value: string | null = of.text): string {
    const id = this.#id(of.kind, of.path, of.line)
    const known = this.layers.find((layer) => layer.id === id)
    if (known !== undefined) {
      if (known.value === null && value !== null) known.value = this.shown(value)
      return id
    }
    const edits = removalOf(this.#name, of, this.#facts)
    this.layers.push({
      id,
      kind: of.kind,
      value: value === null ? null : this.shown(value),
      from: of.path,
      line: of.line,
      shells: [...of.shells],
      removals: edits === null ? [] : [this.#removal('remove', edits, of.path, of.line)],
      hint:
        edits !== null
          ? null
          : {
              key: of.kind === 'store' ? 'why:hint.universal' : 'why:hint.byHand',
              values: { name: this.#name, path: of.path, line: of.line },
            },
      problems: [],
    })
    return id
  }

  below(of: Below): Entry {
    const id = this.#id(of.kind, of.from, of.line)
    if (!this.layers.some((layer) => layer.id === id))
      this.layers.push({
        id,
        kind: of.kind,
        value: of.value === null ? null : this.shown(of.value),
        from: of.from,
        line: of.line,
        shells: [],
        removals: of.removals.map(({ kind, edits }) => this.#removal(kind, edits, of.from, of.line)),
        hint: of.hint ?? null,
        problems: [...(of.problems ?? [])],
      })
    const where = of.line === null ? of.from : `${of.from}:${of.line}`
    return {
      layer: id,
      where,
      value: of.value,
      read: of.read,
      ...(of.reason === undefined ? {} : { reason: of.reason }),
    }
  }

  #registry({ kind, from, scope, entry }: RegistryLayer): string {
    const id = this.#id(kind, from, null)
    if (this.layers.some((layer) => layer.id === id)) return id
    const text = entry.value?.value ?? null
    // Without a PATH nothing is found any more; what is no text is somebody else's to understand.
    const edits: readonly Edit[] =
      text === null || this.#name.toUpperCase() === 'PATH'
        ? []
        : [{ target: envTarget(scope, entry.name), owner: 'shell', key: entry.name, before: text, after: null }]
    this.layers.push({
      id,
      kind,
      value: text === null ? null : this.shown(text),
      from,
      line: null,
      shells: [],
      removals: edits.length === 0 ? [] : [this.#removal('remove', edits, from, null)],
      hint: edits.length === 0 ? { key: 'why:hint.registry', values: { name: this.#name } } : null,
      problems: [],
    })
    return id
  }

  #nobody({ kind, from }: Exclude<Setting['of'], FileLayer | RegistryLayer>, value: string | null): string {
    const id = this.#id(kind, from, null)
    if (!this.layers.some((layer) => layer.id === id)) {
      const hint = { key: `why:hint.${kind}`, values: { name: this.#name } }
      this.layers.push({
        id,
        kind,
        value: value === null ? null : this.shown(value),
        from,
        line: null,
        shells: [],
        removals: [],
        hint,
        problems: [],
      })
    }
    return id
  }

  #removal(kind: 'remove' | 'bom' | 'cr', edits: readonly Edit[], path: string, line: number | null) {
    const id = this.#id(kind, path, line)
    const note = { key: `why:removal.${kind}`, values: { name: this.#name, path, line: line ?? 0 } }
    this.removals.set(id, { name: this.#name, edits, note })
    return { kind, id }
  }

  #id(kind: string, from: string, line: number | null): string {
    return createHash('sha256')
      .update([this.#name, kind, from, line ?? ''].join('\0'))
      .digest('hex')
      .slice(0, 8)
  }
}

/** The edits that take a line of a file away; null: it has to be done by hand. */
function removalOf(name: string, of: FileLayer, facts: WhyFacts): readonly Edit[] | null {
  const format = of.kind === 'own' ? ownFormat(of.path, facts.places) : null
  if (format !== null) {
    const target: Target = { kind: 'file', path: of.path, format, mode: 0o644, notify: [] }
    return of.text === null ? null : [{ target, owner: 'shell', key: `var:${name}`, before: of.text, after: null }]
  }
  const bytes = facts.world.at(of.path)?.bytes ?? null
  // Without a PATH a terminal finds nothing: no line of it is switched off for somebody.
  if (of.alone === null || bytes === null || name === 'PATH') return null
  const target: Target = { kind: 'file', path: of.path, format: 'line', mode: 0o644, notify: [] }
  return [{ target, owner: 'shell', key: lineKey(of.alone, bytes, of.line), before: null, after: true }]
}

/** The format of one of our own env files, by its name. */
function ownFormat(path: string, places: Places): FormatId | null {
  if (path.endsWith('.conf')) return 'environment-d'
  if (path.endsWith('.fish')) return 'env-fish'
  if (path.endsWith('.csh')) return 'env-csh'
  if (path.endsWith('.ps1')) return 'env-ps1'
  return path.startsWith(`${places.config}/`) ? 'env-sh' : null
}
