import { ActionIcon, Button, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useRef, useState } from 'react'
import { CrossIcon } from '../components/icons.tsx'
import { LayerBars } from '../components/layer-bars.tsx'
import { Problem } from '../components/problem.tsx'
import { type GivenText, imageReason, imagesOf, MAX_IMAGES, useKit } from '../store/kit.ts'
import { sizeText } from '../store/run-format.ts'
import { useWizard } from '../store/wizard.ts'
import css from './classroom.module.css'

const say = (key: string, values: Record<string, string | number> = {}) => i18next.t(`kit:page.make.${key}`, values)

/** What goes into a kit, and making it. */
export function KitMake() {
  const { goMod, npmLock, refused } = useKit()
  return (
    <section className={css.section}>
      <h3>{say('title')}</h3>
      <Images />
      <Given what="goMod" title={say('goMod')} sentence={say('goModWhat')} given={goMod} accept=".mod" />
      <Given what="npmLock" title={say('npm')} sentence={say('npmWhat')} given={npmLock} accept=".json" />
      {refused !== null && (
        <p className={css.wrong} role="alert">
          {say(`refused.${refused.why}`, { name: refused.name })}
        </p>
      )}
      <Make />
    </section>
  )
}

const nameOf = (image: string): string => (image === 'newest' || image === 'newest-alpine' ? say(image) : image)

function Images() {
  const image = useWizard((wizard) => wizard.profile.image)
  const { images, setImages } = useKit()
  const [typed, setTyped] = useState('')
  const all = imagesOf({ images }, image)
  const wanted = typed.trim()
  const reason = imageReason(wanted, all)
  const add = () => {
    if (wanted === '' || reason !== null) return
    setImages([...all, wanted])
    setTyped('')
  }
  return (
    <div className={css.making}>
      <h4>{say('images')}</h4>
      <p className="faint">{say('imagesWhat')}</p>
      <ul className={css.images}>
        {all.map((one) => {
          const label = say('remove', { name: nameOf(one) })
          return (
            <li key={one}>
              <span className={one === nameOf(one) ? 'mono' : ''}>{nameOf(one)}</span>
              <ActionIcon
                variant="subtle"
                size={26}
                aria-label={label}
                title={label}
                onClick={() => setImages(all.filter((other) => other !== one))}
              >
                <CrossIcon />
              </ActionIcon>
            </li>
          )
        })}
      </ul>
      <div className={css.adding}>
        <TextInput
          className={css.grow ?? ''}
          aria-label={say('addLabel')}
          placeholder="golang:1.26-alpine"
          spellCheck={false}
          value={typed}
          error={reason === null ? null : say(reason, { count: MAX_IMAGES })}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={({ key, nativeEvent }) => {
            if (key === 'Enter' && !nativeEvent.isComposing) add()
          }}
        />
        <Button variant="default" disabled={wanted === '' || reason !== null} onClick={add}>
          {say('add')}
        </Button>
      </div>
    </div>
  )
}

type GivenProps = {
  what: 'goMod' | 'npmLock'
  title: string
  sentence: string
  given: GivenText | null
  accept: string
}

/** A file that is dropped anywhere on the page, or chosen here. */
function Given({ what, title, sentence, given, accept }: GivenProps) {
  const input = useRef<HTMLInputElement>(null)
  const { take, drop } = useKit()
  return (
    <div className={css.given}>
      <div className={css.grow}>
        <h4>{title}</h4>
        <p className="faint">{sentence}</p>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])]
          currentTarget.value = ''
          void take(files)
        }}
      />
      {given === null ? (
        <Button
          variant="default"
          size="compact-md"
          aria-label={`${title}: ${say('file')}`}
          onClick={() => input.current?.click()}
        >
          {say('file')}
        </Button>
      ) : (
        <span className={css.taken}>
          <span aria-hidden="true">✓</span>
          <span className="mono">{given.name}</span>
          <ActionIcon
            variant="subtle"
            size={26}
            aria-label={say('forget', { name: given.name })}
            title={say('forget', { name: given.name })}
            onClick={() => drop(what)}
          >
            <CrossIcon />
          </ActionIcon>
        </span>
      )}
    </div>
  )
}

function Make() {
  const { folder, view, making, made, make, stopMaking } = useKit()
  if (making.step === 'running') {
    const progress = making.timeline.steps.findLast((step) => step.id === 'kit')?.progress ?? null
    return (
      <div className={css.making}>
        <p className="faint" role="status">
          {say('running')}
        </p>
        {progress !== null && (
          <>
            <p>{i18next.t(progress.note.key, progress.note.values ?? {})}</p>
            <LayerBars progress={progress} />
          </>
        )}
        <div>
          <Button variant="default" onClick={() => void stopMaking()}>
            {say('stop')}
          </Button>
        </div>
      </div>
    )
  }
  const stopped = making.step === 'failed' && making.error.code === 'cancelled'
  const begun = view !== null && view.manifest === null && view.bytes > 0
  const label = view?.manifest != null ? 'update' : begun || stopped ? 'again' : 'start'
  return (
    <div className={css.making}>
      {making.step === 'failed' && !stopped && <Problem error={making.error} />}
      {made !== null && (
        <p className={css.fine} role="status">
          <span aria-hidden="true">✓ </span>
          {say('done', { files: made.files, size: sizeText(made.bytes) })}
          {made.kept > 0 && ` ${say('kept', { size: sizeText(made.kept) })}`}
        </p>
      )}
      <div className={css.actions}>
        <Button disabled={folder === null} onClick={() => void make()}>
          {say(label)}
        </Button>
        {folder === null && <span className="faint">{say('needFolder')}</span>}
      </div>
    </div>
  )
}
