import i18next from 'i18next'
import type { Profile } from '../../electron/contract/profile.ts'
import { bytesText } from '../bytes.ts'
import { TARGETS } from '../store/sources.ts'
import { tagOf, useTags } from '../store/tags.ts'
import { useWizard } from '../store/wizard.ts'

type Facts = { image: string | null; size: number | null }

/** What has been chosen up to a page, as the sentence of its bar. */
export function soFarText(profile: Profile, { image, size }: Facts, upTo: 'image' | 'sources' | 'env'): string {
  const parts: string[] = []
  if (image !== null)
    parts.push(
      size === null
        ? i18next.t('wizard:soFar.pull', { image })
        : i18next.t('wizard:soFar.pullSize', { image, size: bytesText(size) }),
    )
  const targets = TARGETS.filter((target) => profile.sources?.[target] !== undefined).map((target) =>
    i18next.t(`wizard:soFar.${target}Source`),
  )
  if (upTo === 'image') parts.push(i18next.t('wizard:soFar.noFiles'))
  else if (targets.length > 0) parts.push(i18next.t('wizard:soFar.sources', { targets: listOf(targets) }))
  const own = Object.keys(profile.env?.set ?? {}).length + (profile.env?.path?.length ?? 0)
  if (upTo === 'env' && own > 0) parts.push(i18next.t('wizard:soFar.variables', { count: own }))
  if (parts.length === 0) return i18next.t('wizard:soFar.nothing')
  return parts.join(i18next.language === 'en' ? ' ' : '')
}

/** `a`, `a and b`, `a, b and c` in the reader's language. */
function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  if (names.length < 2) return last
  const listed = `${names.slice(0, -1).join(i18next.t('wizard:soFar.comma'))}${i18next.t('wizard:soFar.and')}${last}`
  // Names bring the space that parts Latin from Han; a full-width comma parts enough.
  return listed.replaceAll(/ *、 */g, '、')
}

/** The same for what is chosen now. */
export function useSoFar(upTo: 'image' | 'sources' | 'env'): string {
  const profile = useWizard((wizard) => wizard.profile)
  const { list, sizes } = useTags()
  const image = profile.image ?? null
  const tag = image === null ? null : tagOf(image, list)
  const role = image === 'newest' || image === 'newest-alpine' ? i18next.t(`wizard:soFar.${image}`) : image
  const name = tag === null ? role : `golang:${tag.tag}`
  const live = name === null ? null : sizes.get(name)
  return soFarText(profile, { image: name, size: typeof live === 'number' ? live : (tag?.size ?? null) }, upTo)
}
