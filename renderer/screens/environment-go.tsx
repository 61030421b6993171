import i18next from 'i18next'
import { assertNever } from '../assert-never.ts'
import { WhyPart } from '../components/why.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { goSettings, type Layer, type Setting } from '../store/environment.ts'
import { useWizard } from '../store/wizard.ts'

/** Go's variables: what they will be, what they are, and why. */
export function GoSettings() {
  const profile = useWizard((wizard) => wizard.profile)
  const checkUp = useCheckUp((store) => store.checkUp)
  const settings = goSettings(profile, checkUp.step === 'seen' ? checkUp.machine : null)
  return (
    <>
      {settings.length === 0 ? (
        <p className="env-part">{i18next.t('environment:nothing')}</p>
      ) : (
        <Settings settings={settings} />
      )}
      <WhyPart />
    </>
  )
}

function Settings({ settings }: { settings: readonly Setting[] }) {
  return (
    <ul className="go-settings" aria-label={i18next.t('environment:goSettings')}>
      {settings.map((setting) => (
        <li key={setting.name}>
          <span className="go-setting-name mono">{setting.name}</span>
          <div className="go-setting-words">
            <p>
              <WantedText wanted={setting.wanted} />
            </p>
            <NowText layers={setting.layers} />
          </div>
        </li>
      ))}
    </ul>
  )
}

function WantedText({ wanted }: { wanted: Setting['wanted'] }) {
  switch (wanted.kind) {
    case 'auto':
    case 'default':
    case 'keep':
      return <strong>{i18next.t(`environment:wanted.${wanted.kind}`)}</strong>
    case 'value':
      return (
        <>
          <strong>{i18next.t('environment:wanted.value')}</strong> <span className="mono">{wanted.value}</span>
        </>
      )
    default:
      return assertNever(wanted)
  }
}

function NowText({ layers }: { layers: readonly Layer[] }) {
  const winner = layers.find(({ wins }) => wins)
  if (winner === undefined) return <p className="faint">{i18next.t('environment:unset')}</p>
  return (
    <p className="faint">
      {i18next.t('environment:now')} <span className="mono">{winner.value}</span>
    </p>
  )
}
