import { Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { LockedNote } from '../components/locked.tsx'
import { Problem } from '../components/problem.tsx'
import { usePlainBar } from '../frame/plain-bar.ts'
import { useSoFar } from '../frame/so-far.ts'
import type { PageView } from '../page.ts'
import { tagOf, useTags } from '../store/tags.ts'
import { useWizard } from '../store/wizard.ts'
import { Cards } from './go-version-cards.tsx'
import { GoMod } from './go-version-go-mod.tsx'
import { AllTags, ListSource } from './go-version-list.tsx'

/** The second page: three cards, the whole list, and what a go.mod asks for. */
export const goVersionPage: PageView = {
  id: 'go-version',
  Body,
  useBar: () => usePlainBar(useSoFar('image')),
  useChosen() {
    const image = useWizard((wizard) => wizard.profile.image)
    const list = useTags((tags) => tags.list)
    if (image === undefined) return null
    const tag = tagOf(image, list)
    if (tag !== null) return `golang:${tag.tag}`
    return image === 'newest' || image === 'newest-alpine' ? i18next.t(`go-version:${image}`) : image
  },
}

function Body() {
  const { list, error, load, askSize } = useTags()
  const image = useWizard((wizard) => wizard.profile.image ?? null)
  useEffect(() => {
    if (useTags.getState().list === null) void load(false)
  }, [load])
  const tag = image === null ? undefined : tagOf(image, list)?.tag
  useEffect(() => {
    if (tag !== undefined) void askSize(`golang:${tag}`)
  }, [tag, askSize])
  if (list === null && error !== null) return <Problem error={error} retry={() => void load(true)} />
  return (
    <>
      <LockedNote field="image" />
      {list === null ? <Waiting /> : <Cards list={list} image={image} />}
      {list !== null && (
        <>
          {image === null && <p>{i18next.t('go-version:unchosen')}</p>}
          {image !== null && tag === undefined && <p>{i18next.t('go-version:custom', { image })}</p>}
          <GoMod />
          <AllTags list={list} image={image} />
          <ListSource list={list} />
        </>
      )}
    </>
  )
}

function Waiting() {
  return (
    <div className="cards" aria-busy="true">
      {[1, 2, 3].map((card) => (
        <Skeleton key={card} className="card-waiting" />
      ))}
    </div>
  )
}
