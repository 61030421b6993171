import { Button } from '@mantine/core'
import i18next from 'i18next'
import { type DragEvent, useEffect, useState } from 'react'
import { FindingList } from '../components/finding-list.tsx'
import { useLock } from '../components/locked.tsx'
import { Problem } from '../components/problem.tsx'
import { say } from '../store/announcer.ts'
import { kindOf } from '../store/drop.ts'
import { type Advice, useTags } from '../store/tags.ts'

/** A go.mod larger than this is something else; the request takes no more either. */
const MAX_GO_MOD = 200_000

/** Reads a go.mod, dropped or chosen, and says which version suits it. */
export function GoMod() {
  const { advice, advise } = useTags()
  const [over, setOver] = useState(false)
  const [tooLarge, setTooLarge] = useState(false)
  const drop = (event: DragEvent) => {
    const file = event.dataTransfer.files[0]
    setOver(false)
    // A profile dropped here belongs to the window's own zone, which leaves what is prevented here.
    if (file === undefined || kindOf(file.name) !== 'go-mod') return
    event.preventDefault()
    setTooLarge(file.size > MAX_GO_MOD)
    if (file.size > MAX_GO_MOD) return
    file
      .text()
      .then(advise)
      .catch(() => {})
  }
  const drag = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <section className="go-mod" data-over={over} onDragOver={drag} onDragLeave={() => setOver(false)} onDrop={drop}>
      <p className="go-mod-line">
        <strong>{i18next.t('go-version:goMod')}</strong>
        <Button variant="default" size="compact-md" onClick={() => void advise(null)}>
          {i18next.t('go-version:goModButton')}
        </Button>
        <span className="faint">{i18next.t(over ? 'go-version:goModDrop' : 'go-version:goModHint')}</span>
      </p>
      {tooLarge && <p role="alert">{i18next.t('go-version:tooLarge')}</p>}
      {advice !== null && ('code' in advice ? <Problem error={advice} /> : <AdviceText advice={advice} />)}
    </section>
  )
}

function AdviceText({ advice }: { advice: Advice }) {
  const { locked } = useLock('image')
  const { go, tag, findings } = advice
  const key = tag === null ? 'nothing' : locked ? 'locked' : go === null ? 'plain' : 'go'
  const sentence = i18next.t(`go-version:advice.${key}`, { go: go ?? '', tag: tag ?? '' })
  useEffect(() => say(sentence), [sentence])
  return (
    <>
      <p className="advice">{sentence}</p>
      <FindingList
        quiet
        rows={findings.map(({ id, severity, note }) => ({
          id,
          sign: severity,
          text: i18next.t(note.key, note.values ?? {}),
        }))}
      />
    </>
  )
}
