import type { Note } from '../../contract/note.ts'
import type { WhyContext } from '../../contract/why.ts'
import type { FileLayer } from './file-layers.ts'
import type { ShellStart, WhyFacts } from './facts.ts'
import type { Ask } from './go-below.ts'
import type { Entry } from './rank.ts'
import { type RegistryLayer, windowsContext } from './registry.ts'
import type { Deed } from './script/player.ts'
import type { Given } from './startup.ts'

/** A kind of program, how it gets its variables, and what it would answer for one of them. */
export type Context = Pick<WhyContext, 'id' | 'kind' | 'shell' | 'start'> & {
  /** What is exported there. undefined: not known. */
  ask: Ask
  /** What sets `name` there, the strongest first, and whether that is known. `extra`: nobody's line did it. */
  entries(name: string, layers: readonly FileLayer[]): { entries: readonly Set[]; how: WhyContext['how'] }
}

/** What sets a variable in a context: a line of a file, or somebody without one. */
export type Set = Omit<Entry, 'layer' | 'where'> & {
  of: FileLayer | RegistryLayer | { kind: 'environment' | 'image' | 'shell'; from: string }
}

const unread = (layers: readonly FileLayer[], reason: Note): readonly Set[] =>
  layers.map((of) => ({ of, value: of.text, read: 'unread', reason }))

/** The program that runs now, the shells that are started, graphical programs, and the chosen image. */
export function contextsOf(
  facts: WhyFacts,
  image: { reference: string; env: ReadonlyMap<string, string> } | null,
): readonly Context[] {
  return [
    hereContext(facts),
    ...(facts.windows === null ? [] : [windowsContext(facts.windows)]),
    ...facts.starts.map((start) => shellContext(facts, start)),
    ...(facts.session.length > 0 || facts.places.environmentD !== null ? [graphicalContext(facts)] : []),
    ...(image === null ? [] : [imageContext(image)]),
  ]
}

function hereContext({ places: { environment } }: WhyFacts): Context {
  return {
    id: 'here',
    kind: 'here',
    shell: null,
    start: null,
    ask: (name) => environment[name] ?? null,
    entries(name, layers) {
      const value = environment[name]
      const own: readonly Set[] =
        value === undefined ? [] : [{ of: { kind: 'environment', from: 'environment' }, value, read: 'counts' }]
      return { entries: [...own, ...unread(layers, { key: 'why:reason.laterPrograms' })], how: 'text' }
    },
  }
}

function graphicalContext({ session }: WhyFacts): Context {
  const last = (name: string): Given | undefined => session.findLast((one) => one.name === name)
  return {
    id: 'graphical',
    kind: 'graphical',
    shell: null,
    start: null,
    ask: (name) => {
      const one = last(name)
      return one === undefined ? null : (one.value ?? undefined)
    },
    entries(name, layers) {
      const deeds = session.filter((one) => one.name === name).toReversed()
      const of = (one: Given): FileLayer | undefined =>
        layers.find(({ path, line }) => path === one.by?.path && line === one.by.line)
      const counted = deeds.flatMap((one): Set[] => {
        const layer = of(one)
        return layer === undefined ? [] : [{ of: layer, value: one.value, read: 'counts' }]
      })
      const rest = layers.filter((layer) => !counted.some((one) => one.of === layer))
      return {
        entries: [...overwritten(counted, 0), ...unread(rest, { key: 'why:reason.notGraphical' })],
        how: deeds[0]?.value === null ? 'open' : 'text',
      }
    },
  }
}

function imageContext({ reference, env }: { reference: string; env: ReadonlyMap<string, string> }): Context {
  return {
    id: 'image',
    kind: 'image',
    shell: null,
    start: null,
    ask: (name) => env.get(name) ?? null,
    entries(name, layers) {
      const value = env.get(name)
      const own: readonly Set[] =
        value === undefined ? [] : [{ of: { kind: 'image', from: reference }, value, read: 'counts' }]
      return { entries: [...own, ...unread(layers, { key: 'why:reason.notInImage' })], how: 'asked' }
    },
  }
}

function shellContext(facts: WhyFacts, start: ShellStart): Context {
  const { player, id } = start
  const answer = facts.answers.get(id) ?? null
  return {
    id,
    kind: 'shell',
    shell: start.shell.id,
    start: start.start,
    ask(name) {
      const { text, there, exported, sure } = player.get(name)
      if (sure && exported !== null) return there && exported ? text : null
      return answer === null ? undefined : (answer.get(name) ?? null)
    },
    entries(name, layers) {
      const deeds = lastOfEachLine(
        player.deeds.filter((deed) => deed.name === name && deed.kind === 'set'),
      ).toReversed()
      const reached = deeds.flatMap((deed) => {
        const of = layers.find(({ path, line }) => path === deed.spot.path && line === deed.spot.line)
        return of === undefined ? [] : [{ deed, of }]
      })
      const rest = layers.filter((layer) => !reached.some(({ of }) => of === layer))
      const read = new globalThis.Set(player.files)
      const others = rest.map(
        (of): Set => ({ of, value: of.text, read: 'unread', reason: restReason(of, read.has(of.path), start) }),
      )
      const { sets, how } = judged(name, reached, start, answer)
      return { entries: [...sets, ...others], how }
    },
  }
}

type Reached = { deed: Deed; of: FileLayer }

function restReason({ path }: FileLayer, isRead: boolean, { shell, start }: ShellStart): Note {
  return isRead
    ? { key: 'why:reason.notReached', values: { path } }
    : { key: `why:reason.notRead.${start}`, values: { shell: shell.id } }
}

function judged(
  name: string,
  reached: readonly Reached[],
  { player, shell, id }: ShellStart,
  answer: ReadonlyMap<string, string> | null,
): { sets: readonly Set[]; how: WhyContext['how'] } {
  const { there, exported, sure, by } = player.get(name)
  const all = (read: Set['read'], reason?: Note): readonly Set[] =>
    reached.map(({ deed, of }) => ({ of, value: deed.text, read, ...(reason === undefined ? {} : { reason }) }))
  if (sure && exported !== null) {
    if (!there)
      return {
        sets: all('unread', { key: 'why:reason.unset', values: { where: by === null ? '' : `${by.path}:${by.line}` } }),
        how: 'text',
      }
    if (!exported) return { sets: all('unread', { key: 'why:reason.notExported' }), how: 'text' }
    const [first] = reached
    if (first !== undefined || by === null) return { sets: overwritten(all('counts'), 0), how: 'text' }
  }
  if (answer === null) {
    const where = player.opaque === null ? '' : `${player.opaque.path}:${player.opaque.line}`
    return {
      sets: all('unsure', where === '' ? undefined : { key: 'why:reason.opaque', values: { where } }),
      how: 'open',
    }
  }
  const value = answer.get(name)
  if (value === undefined) return { sets: all('unread', { key: 'why:reason.askedNot' }), how: 'asked' }
  const matching = reached.findIndex(({ deed }) => deed.text === value)
  const at = matching >= 0 ? matching : reached.findIndex(({ deed }) => deed.text === null)
  const sets = reached.map(({ deed, of }, index): Set => {
    if (index < at || at < 0) return { of, value: deed.text, read: 'unread', reason: { key: 'why:reason.askedOther' } }
    return index === at
      ? { of, value, read: 'counts', reason: { key: 'why:reason.asked' } }
      : { of, value: deed.text, read: 'counts' }
  })
  if (at >= 0) return { sets: overwritten(sets, at), how: 'asked' }
  const where = player.opaque === null ? shell.id : `${player.opaque.path}:${player.opaque.line}`
  const asked: Set = {
    of: { kind: 'shell', from: id },
    value,
    read: 'counts',
    reason: { key: 'why:reason.askedElsewhere', values: { where } },
  }
  return { sets: overwritten([asked, ...sets], 0), how: 'asked' }
}

/** What was set before the one at `at` is gone, even where that one is empty. */
function overwritten(sets: readonly Set[], at: number): readonly Set[] {
  const by = sets[at]?.of
  const where = by === undefined ? '' : 'path' in by ? `${by.path}:${by.line}` : by.from
  return sets.map((one, index) =>
    index > at && one.read === 'counts'
      ? { ...one, read: 'hidden', reason: { key: 'why:reason.hidden', values: { where } } }
      : one,
  )
}

function lastOfEachLine(deeds: readonly Deed[]): readonly Deed[] {
  return deeds.filter(
    (deed, index) =>
      deeds.findLastIndex(({ spot }) => spot.path === deed.spot.path && spot.line === deed.spot.line) === index,
  )
}
