import i18next from 'i18next'
import type { MirrorView, RaceEntry, RaceResult } from '../../electron/contract/mirror.ts'
import { sameAddress } from '../store/checks.ts'
import { bestEntry } from '../store/source-rows.ts'
import { entryOf, OFFICIAL, type Target } from '../store/sources.ts'

type Value = string | readonly string[]

/** What is chosen, as people call it. */
export function chosenName(target: Target, value: Value, mirrors: readonly MirrorView[]): string {
  if (value === 'keep') return i18next.t('sources:keep')
  if (value === 'auto') return i18next.t('sources:auto')
  if (value === 'official') return i18next.t('sources:official')
  if (value === 'direct') return i18next.t('sources:direct')
  const urls = addresses(value)
  const [first = ''] = urls
  if (urls.length > 1) return i18next.t('sources:several', { count: urls.length })
  const known = mirrors.find((mirror) => mirror.target === target && sameAddress(mirror.url, first))
  return known ? nameOf(known) : first.replace(/^https?:\/\//, '')
}

/** The name in the reader's language, of a mirror or of what a race said of it. */
export const nameOf = ({ name }: Pick<MirrorView, 'name'>): string => (i18next.language === 'en' ? name.en : name.zh)

const addresses = (value: Value): readonly string[] =>
  (typeof value === 'string' ? value.split(/[,|]/) : value).filter((part) => /^https?:\/\//.test(part))

/** What the choice means, in small type beside its name. */
export function aboutChosen(
  target: Target,
  value: Value,
  mirrors: readonly MirrorView[],
  result: RaceResult | undefined,
): string {
  if (value === 'keep') return i18next.t('sources:keepWhy')
  if (value === 'auto') {
    const best = bestEntry(result)
    if (best !== null) return i18next.t('sources:autoBest', { name: nameOf(best) })
    return i18next.t(result === undefined ? 'sources:autoWhy' : 'sources:noneAnswer')
  }
  if (value === 'official') return i18next.t(`sources:officialWhy.${target}`)
  if (value === 'direct') return i18next.t('sources:directWhy')
  const urls = addresses(value)
  const names = urls.map((url) => chosenName(target, [url], mirrors))
  return urls.length > 1 ? names.join(' → ') : (urls[0] ?? '')
}

/**
 * What the last race said of what is chosen: of the first address, for `auto` of the best. `now`: what is set on the
 * machine, which counts where nothing is changed; empty = the tool's own default.
 */
export function chosenEntry(value: Value, result: RaceResult | undefined, now: readonly string[]): RaceEntry | null {
  if (value === 'auto') return bestEntry(result)
  if (value === 'keep') return chosenEntry(now.length === 0 ? 'official' : now, result, now)
  if (value === 'official') return entryOf(result, { id: OFFICIAL, url: null, official: true })
  const [first] = addresses(value)
  return first === undefined ? null : entryOf(result, { id: '', url: first, official: false })
}

/** What a beginner is told of one source: why it is out, or how fast, how new and how safe it is. */
export function verdictOf(entry: RaceEntry | null): string {
  if (entry === null) return i18next.t('sources:unmeasured')
  if (entry.state === 'out') return i18next.t(`mirror:out.${entry.reason ?? 'timeout'}`)
  const sentences = [
    i18next.t(`mirror:words.speed.${entry.speed ?? 'unknown'}`),
    i18next.t(`mirror:words.fresh.${entry.fresh}`),
    i18next.t(`mirror:words.safe.${entry.safe}`),
  ]
  return sentences.join(i18next.language === 'en' ? ' ' : '')
}
