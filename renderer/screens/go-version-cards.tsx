import { NativeSelect } from '@mantine/core'
import i18next from 'i18next'
import { type ReactNode, useId } from 'react'
import type { Tag, TagList } from '../../electron/contract/image.ts'
import { bytesText } from '../bytes.ts'
import { useLock } from '../components/locked.tsx'
import { chooseImage, imageOf, pinnedTag, pinnedTags, tagOf, useTags } from '../store/tags.ts'

type CardId = 'newest' | 'newest-alpine' | 'pinned'

/** The recommended image, the small one, and one of a version that somebody asked for. */
export function Cards({ list, image }: { list: TagList; image: string | null }) {
  const { locked } = useLock('image')
  const pinned = pinnedTags(list, image ?? 'newest')
  const named = image === 'newest' || image === 'newest-alpine' || image === null
  const chosen: CardId | null = named ? image : 'pinned'
  // An image of another name stands on no card.
  const other = chosen === 'pinned' && tagOf(image ?? '', list) === null
  const offered = other ? null : pinnedTag(list, image ?? 'newest')
  return (
    <div className="cards" role="radiogroup" aria-label={i18next.t('go-version:cards')}>
      {(['newest', 'newest-alpine'] as const).map((id) => (
        <Card
          key={id}
          id={id}
          tag={tagOf(id, list)}
          chosen={chosen === id}
          locked={locked}
          choose={() => chooseImage(id)}
        />
      ))}
      <Card
        id="pinned"
        tag={offered}
        chosen={chosen === 'pinned'}
        locked={locked}
        choose={() => offered !== null && chooseImage(imageOf(offered.tag, list))}
      >
        <NativeSelect
          aria-label={i18next.t('go-version:pick')}
          size="sm"
          disabled={locked || pinned.length === 0}
          value={offered?.tag ?? ''}
          onChange={({ currentTarget }) => chooseImage(imageOf(currentTarget.value, list))}
          data={pinned.map(({ tag, support }) => ({
            value: tag,
            label: support === 'ended' ? `${tag} · ${i18next.t('go-version:ended')}` : tag,
          }))}
        />
      </Card>
    </div>
  )
}

type CardProps = {
  id: CardId
  tag: Tag | null
  chosen: boolean
  locked: boolean
  choose: () => void
  children?: ReactNode
}

function Card({ id, tag, chosen, locked, choose, children }: CardProps) {
  const about = useId()
  return (
    <div className="card" data-chosen={chosen} data-locked={locked}>
      <label className="card-name">
        <input
          type="radio"
          name="go-version"
          checked={chosen}
          disabled={locked || tag === null}
          onChange={choose}
          aria-describedby={about}
        />
        {i18next.t(`go-version:${id}`)}
      </label>
      {children ?? <p className="card-tag mono">{tag === null ? '—' : `golang:${tag.tag}`}</p>}
      <div id={about} className="card-about">
        <p>{i18next.t(`go-version:why.${id}`)}</p>
        {tag !== null && (
          <>
            <p className="card-size">
              <SizeText tag={tag} />
            </p>
            <p>
              <SupportText tag={tag} />
            </p>
            <p>{lacksText(tag)}</p>
          </>
        )}
      </div>
    </div>
  )
}

function SizeText({ tag }: { tag: Tag }) {
  const live = useTags((tags) => tags.sizes.get(`golang:${tag.tag}`))
  const size = typeof live === 'number' ? live : tag.size
  if (size === null) return i18next.t(live === 'asking' ? 'go-version:sizeAsking' : 'go-version:sizeUnknown')
  if (tag.unpacked === null) return i18next.t('go-version:sizeOnly', { size: whole(size) })
  return i18next.t('go-version:size', { size: whole(size), unpacked: whole(tag.unpacked) })
}

// Narrow cards would put the unit on a line of its own.
const whole = (bytes: number): string => bytesText(bytes).replace(' ', '\u00a0')

const SUPPORT_SIGNS = { supported: '✓', ended: '!', unknown: '?', prerelease: '!' }

/** Support as a sign, a colour and words. */
export function SupportText({ tag: { support, supportEnds } }: { tag: Tag }) {
  const since = support === 'ended' && supportEnds !== null
  return (
    <span className="support" data-support={support}>
      <span aria-hidden="true">{SUPPORT_SIGNS[support]} </span>
      {since ? i18next.t('image:support.ended-since', { date: supportEnds }) : i18next.t(`image:support.${support}`)}
    </span>
  )
}

/** git and gcc are what a beginner misses; the rest of the list stays with the command line. */
function lacksText({ missing, variant }: Tag): string {
  const names = ['git', 'gcc'].filter((name) => missing.includes(`image:lacks.${name}`))
  if (names.length === 0) return variant === 'debian' ? i18next.t('go-version:lacks.nothing') : ''
  return i18next.t('go-version:lacks.some', { names: names.join(i18next.t('go-version:lacks.and')) })
}
