import { Button } from '@mantine/core'
import i18next from 'i18next'
import { spellHidden } from '../../electron/contract/hidden.ts'
import type { WhyContext, WhyLayer } from '../../electron/contract/why.ts'
import { useWhy } from '../store/why.ts'
import css from './why.module.css'

type Props = { name: string; context: WhyContext; layers: readonly WhyLayer[] }

/** The places that set a variable, in the order of one context: who counts, who is hidden, and why. */
export function WhyLayers({ name, context, layers }: Props) {
  const byId = new Map(layers.map((layer) => [layer.id, layer]))
  if (context.rows.length === 0) return <p>{i18next.t('why:nobody')}</p>
  return (
    <ol className={css.layers} aria-label={i18next.t('why:places', { name })}>
      {context.rows.map(({ layer: id, state, reason }) => {
        const layer = byId.get(id)
        if (layer === undefined) return null
        return (
          <li key={id} data-state={state}>
            <p className={css.line}>
              <strong className={css.state}>{i18next.t(`why:state.${state}`)}</strong>
              <span className={`mono ${css.held ?? ''}`}>{valueOf(layer)}</span>
              <span className="faint">
                {i18next.t(`why:kind.${layer.kind}`)} <Place layer={layer} />
              </span>
            </p>
            <p className="faint">{i18next.t(reason.key, reason.values ?? {})}</p>
            {layer.problems.map((problem) => (
              <p key={problem.key} className={css.problem}>
                <span aria-hidden="true">! </span>
                {i18next.t(problem.key, problem.values ?? {})}
              </p>
            ))}
            {layer.hint !== null && state === 'wins' && <p>{i18next.t(layer.hint.key, layer.hint.values ?? {})}</p>}
            <Removals name={name} layer={layer} />
          </li>
        )
      })}
    </ol>
  )
}

const valueOf = ({ value }: WhyLayer): string =>
  value === null ? i18next.t('why:unknown') : value === '' ? i18next.t('why:empty') : spellHidden(value)

const placeOf = ({ from, line }: WhyLayer): string => spellHidden(line === null ? from : `${from}:${line}`)

function Place({ layer }: { layer: WhyLayer }) {
  return layer.kind === 'environment' || layer.kind === 'shell' ? null : <span className="mono">{placeOf(layer)}</span>
}

function Removals({ name, layer }: { name: string; layer: WhyLayer }) {
  const { plan, removal } = useWhy()
  if (layer.removals.length === 0) return null
  return (
    <div className="target-buttons">
      {layer.removals.map(({ id, kind }) => (
        <Button
          key={id}
          variant="default"
          size="compact-md"
          loading={removal.step === 'planning' && removal.id === id}
          aria-label={i18next.t(`why:${kind}Of`, { name, from: placeOf(layer) })}
          onClick={() => void plan(id)}
        >
          {i18next.t(`why:${kind}`)}
        </Button>
      ))}
    </div>
  )
}
