import { Button, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useState } from 'react'
import type { TagList } from '../../electron/contract/image.ts'
import { Fold } from '../components/fold.tsx'
import { useLock } from '../components/locked.tsx'
import { chooseImage, imageOf, searchTags, tagOf, useTags } from '../store/tags.ts'
import { SupportText } from './go-version-cards.tsx'

/** So many are drawn at once: a registry has thousands, and nobody reads further. */
const SHOWN = 100

/** Every tag, to search and to choose from. */
export function AllTags({ list, image }: { list: TagList; image: string | null }) {
  const [text, setText] = useState('')
  const { locked } = useLock('image')
  const found = searchTags(list.tags, text)
  const chosen = image === null ? undefined : tagOf(image, list)?.tag
  return (
    <Fold summary={i18next.t('go-version:all', { count: list.tags.length })}>
      <TextInput
        label={i18next.t('go-version:search')}
        placeholder={i18next.t('go-version:searchHint')}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        description={i18next.t('go-version:found', { count: found.length })}
        inputWrapperOrder={['label', 'input', 'description']}
        spellCheck={false}
      />
      <div className="tags" role="radiogroup" aria-label={i18next.t('go-version:cards')}>
        {found.slice(0, SHOWN).map((tag) => (
          <label key={tag.tag} className="tag">
            <input
              type="radio"
              name="all-tags"
              checked={tag.tag === chosen}
              disabled={locked}
              onChange={() => chooseImage(imageOf(tag.tag, list))}
            />
            <span className="mono">golang:{tag.tag}</span>
            <SupportText tag={tag} />
          </label>
        ))}
      </div>
      {found.length === 0 && <p className="faint">{i18next.t('go-version:none')}</p>}
      {found.length > SHOWN && <p className="faint">{i18next.t('go-version:more', { count: found.length - SHOWN })}</p>}
    </Fold>
  )
}

/** Where the list comes from: the registry now, or our own catalogue and its date. */
export function ListSource({ list }: { list: TagList }) {
  const { busy, load } = useTags()
  return (
    <p className="list-source faint">
      {list.from === 'registry'
        ? i18next.t('go-version:fromRegistry', { source: list.source })
        : i18next.t('go-version:fromCatalogue', { date: list.catalogueDate })}
      <Button variant="subtle" size="compact-sm" aria-busy={busy} onClick={() => void load(true)}>
        {i18next.t(busy ? 'go-version:refreshing' : 'go-version:refresh')}
      </Button>
    </p>
  )
}
