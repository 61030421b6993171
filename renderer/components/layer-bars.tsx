import { Progress as Bar } from '@mantine/core'
import i18next from 'i18next'
import type { Layer } from '../../electron/contract/image.ts'
import { clockText, sizeText } from '../store/run-format.ts'
import type { Progress } from '../store/run-timeline.ts'
import css from './layer-bars.module.css'

/** How far a download is: the whole in numbers, and a bar for each layer. Every field keeps its width. */
export function LayerBars({ progress }: { progress: Progress }) {
  const { fraction, bytes, totalBytes, speed, left, layers } = progress
  const percent = fraction === null ? null : Math.floor(fraction * 100)
  return (
    <div>
      <div className={css.total}>
        <p className={css.figures}>
          <span className={css.figure}>{bytesText(bytes, totalBytes)}</span>
          <span className={css.figure}>
            {speed === undefined ? '' : i18next.t('run:speed', { speed: sizeText(speed) })}
          </span>
          <span className={css.figure}>
            {left === undefined || left === null || left <= 0 ? '' : i18next.t('run:left', { time: clockText(left) })}
          </span>
        </p>
        <span className={css.percent}>{percent === null ? '' : `${percent} %`}</span>
        <Bar
          className={css.bar ?? ''}
          value={percent ?? 0}
          size="lg"
          transitionDuration={0}
          aria-label={i18next.t('run:progress')}
        />
      </div>
      {layers !== undefined && (
        <ul className={css.layers} aria-label={i18next.t('run:layers')}>
          {layers.map((layer) => (
            <LayerRow key={layer.id} layer={layer} />
          ))}
        </ul>
      )}
    </div>
  )
}

function LayerRow({ layer }: { layer: Layer }) {
  const state = i18next.t(`image:layer.${layer.state}`)
  return (
    <li className={css.layer}>
      <span className={css.id}>{layer.id.replace(/^sha256:/, '').slice(0, 12)}</span>
      <Bar
        value={layerPercent(layer)}
        size="sm"
        transitionDuration={0}
        color={isWhole(layer) ? 'green' : 'lagoon'}
        aria-label={i18next.t('run:layer', { id: layer.id.slice(0, 12), state })}
      />
      <span>{state}</span>
      <span className={css.bytes}>
        {isWhole(layer) ? '' : bytesText(layer.current ?? undefined, layer.total ?? undefined)}
      </span>
    </li>
  )
}

const isWhole = ({ state }: Layer): boolean => state === 'done' || state === 'exists'

function layerPercent(layer: Layer): number {
  if (isWhole(layer)) return 100
  if (layer.current === null || !layer.total) return 0
  return Math.min(100, (layer.current / layer.total) * 100)
}

function bytesText(current: number | undefined, total: number | undefined): string {
  if (current === undefined) return ''
  return total === undefined ? sizeText(current) : `${sizeText(current)} / ${sizeText(total)}`
}
