import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useId, useState } from 'react'
import type { Answer, ThreeWay } from '../../electron/contract/task.ts'
import { DiffView } from './diff-view.tsx'
import { Fold } from './fold.tsx'
import css from './question-panel.module.css'

/**
 * A file that was edited since: what was written, what was edited, and for each way out what it would leave. The
 * arrow keys walk through the ways; nothing happens before the button.
 */
export function ThreeWays({ three, given, give }: { three: ThreeWay; given: boolean; give(answer: Answer): void }) {
  const name = useId()
  const { path, written, edited, leaves } = three
  // Taking only ours out loses nobody's lines; where that cannot be done, the file stays.
  const [chosen, setChosen] = useState<Answer>(leaves.some(({ choice }) => choice === 'ours') ? 'ours' : 'keep')
  const shown = leaves.find(({ choice }) => choice === chosen)
  return (
    <>
      <Fold summary={i18next.t('history:three.written')}>
        <Difference diff={written} name={path} />
      </Fold>
      <Fold summary={i18next.t('history:three.edited')} open>
        <Difference diff={edited} name={path} />
      </Fold>
      <fieldset className={css.ways}>
        <legend>{i18next.t('history:three.choose')}</legend>
        {leaves.map(({ choice }) => (
          <label key={choice} className={css.way} data-chosen={choice === chosen}>
            <input
              type="radio"
              name={name}
              value={choice}
              checked={choice === chosen}
              disabled={given}
              onChange={() => setChosen(choice)}
            />
            <span>
              <strong>{i18next.t(`run:ask.choice.${choice}`)}</strong>
              <span className="faint">{i18next.t(`run:ask.means.${choice}`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {shown !== undefined && (
        <div aria-live="polite">
          <p className={css.leaves}>{i18next.t('history:three.leaves')}</p>
          {shown.result === 'same' && <p className="faint">{i18next.t('history:three.same')}</p>}
          {shown.result === 'absent' && <p className="faint">{i18next.t('history:three.absent')}</p>}
          {shown.result !== 'same' && <Difference key={chosen} diff={shown.diff} name={path} />}
        </div>
      )}
      <div className={css.give}>
        <Button disabled={given} onClick={() => give(chosen)}>
          {i18next.t(`history:three.do.${chosen}`)}
        </Button>
      </div>
    </>
  )
}

/** A diff; one that would show a secret is not there. */
function Difference({ diff, name }: { diff: string; name: string }) {
  if (diff === '') return <p className="faint">{i18next.t('history:three.hidden')}</p>
  return diff.includes('\n@@') ? (
    <DiffView diff={diff} name={name} />
  ) : (
    <p className="faint">{i18next.t('history:three.none')}</p>
  )
}
