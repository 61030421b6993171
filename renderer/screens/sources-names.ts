import i18next from 'i18next'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { sameAddress } from '../store/checks.ts'
import { probeKey, type Probe, type Target } from '../store/sources.ts'

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

/** The catalogue's name in the reader's language. */
export const nameOf = ({ name }: MirrorView): string => (i18next.language === 'en' ? name.en : name.zh)

const addresses = (value: Value): readonly string[] =>
  (typeof value === 'string' ? value.split(/[,|]/) : value).filter((part) => /^https?:\/\//.test(part))

/** What the choice means, in small type beside its name. */
export function aboutChosen(target: Target, value: Value, mirrors: readonly MirrorView[]): string {
  if (value === 'keep') return i18next.t('sources:keepWhy')
  if (value === 'auto') return i18next.t('sources:autoWhy')
  if (value === 'official') return i18next.t(`sources:officialWhy.${target}`)
  if (value === 'direct') return i18next.t('sources:directWhy')
  const urls = addresses(value)
  const names = urls.map((url) => chosenName(target, [url], mirrors))
  return urls.length > 1 ? names.join(' → ') : (urls[0] ?? '')
}

/** What was measured of the first chosen address; for `auto` of the quickest. */
export function chosenProbe(
  target: Target,
  value: Value,
  mirrors: readonly MirrorView[],
  probes: ReadonlyMap<string, Probe>,
  pending: number,
): Probe | undefined {
  const known = mirrors.filter((mirror) => mirror.target === target && mirror.status !== 'dead')
  const upstream = known.filter(({ status }) => status === 'upstream')
  const urls = value === 'auto' ? known : value === 'official' ? upstream : []
  const asked = (urls.length > 0 ? urls.map(({ url }) => url) : addresses(value).slice(0, 1)).flatMap(
    (url) => probes.get(probeKey(target, url)) ?? [],
  )
  if (asked.length === 0) return undefined
  if (pending > 0 && asked.some(({ state }) => state === 'running')) return { state: 'running' }
  const best = asked.flatMap((probe) => (probe.state === 'ok' ? [probe] : [])).toSorted((a, b) => a.ms - b.ms)[0]
  return best ?? asked[0]
}
