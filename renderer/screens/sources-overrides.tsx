import i18next from 'i18next'
import type { Override } from '../../electron/contract/machine.ts'
import { Fold } from '../components/fold.tsx'
import { useCheckUp } from '../store/check-up.ts'
import css from './sources.module.css'

/** Everything that sets a source or a proxy on this machine, and which of it wins. */
export function Overrides() {
  const overrides = useCheckUp(({ checkUp }) => (checkUp.step === 'seen' ? checkUp.machine.overrides : null))
  if (overrides === null || overrides.length === 0) return null
  const several = overrides.filter(({ layers }) => layers.length > 1).length
  return (
    <Fold summary={i18next.t(several > 0 ? 'sources:wins.several' : 'sources:wins.title', { count: several })}>
      <p className="faint">{i18next.t('sources:wins.why')}</p>
      <div className={css.scroll} role="region" tabIndex={0} aria-label={i18next.t('sources:wins.title')}>
        <table className={css.table}>
          <thead>
            <tr>
              <th scope="col">{i18next.t('sources:wins.setting')}</th>
              <th scope="col">{i18next.t('sources:wins.value')}</th>
              <th scope="col">{i18next.t('sources:wins.from')}</th>
              <th scope="col">{i18next.t('sources:wins.counts')}</th>
            </tr>
          </thead>
          {overrides.map((override) => (
            <Layers key={`${override.target} ${override.name}`} override={override} />
          ))}
        </table>
      </div>
    </Fold>
  )
}

function Layers({ override: { target, name, layers } }: { override: Override }) {
  const label = target === 'proxy' ? i18next.t('sources:wins.proxy') : i18next.t(`sources:target.${target}`)
  return (
    <tbody>
      {layers.map(({ value, from, shell, wins }, at) => (
        <tr key={`${from} ${shell ?? ''} ${value ?? ''}`} data-out={!wins}>
          {at === 0 && (
            <th scope="rowgroup" rowSpan={layers.length}>
              {label} <span className="mono">{name}</span>
            </th>
          )}
          <td className="mono">{value ?? i18next.t('sources:wins.computed')}</td>
          <td>
            {from === 'environment' ? i18next.t('environment:fromEnvironment') : <span className="mono">{from}</span>}
            {shell !== null && ` (${shell})`}
          </td>
          <td className={css.wins}>
            {i18next.t(wins ? 'sources:wins.yes' : shell === null ? 'sources:wins.no' : 'sources:wins.shell', {
              shell,
            })}
          </td>
        </tr>
      ))}
    </tbody>
  )
}
