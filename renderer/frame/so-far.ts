import i18next from 'i18next'
import type { Profile } from '../../electron/contract/profile.ts'
import { bytesText } from '../bytes.ts'
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
  const { go, docker } = profile.sources ?? {}
  const targets = [
    ...(go === undefined ? [] : [i18next.t('wizard:soFar.goSource')]),
    ...(docker === undefined ? [] : [i18next.t('wizard:soFar.dockerSource')]),
  ]
  if (upTo === 'image') parts.push(i18next.t('wizard:soFar.noFiles'))
  else if (targets.length > 0)
    parts.push(i18next.t('wizard:soFar.sources', { targets: targets.join(i18next.t('wizard:soFar.and')) }))
  const own = Object.keys(profile.env?.set ?? {}).length + (profile.env?.path?.length ?? 0)
  if (upTo === 'env' && own > 0) parts.push(i18next.t('wizard:soFar.variables', { count: own }))
  if (parts.length === 0) return i18next.t('wizard:soFar.nothing')
  return parts.join(i18next.language === 'en' ? ' ' : '')
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
