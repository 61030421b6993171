import i18next from 'i18next'
import type { Machine } from '../../electron/contract/machine.ts'
import type { Profile, ShellId } from '../../electron/contract/profile.ts'
import { Fold } from '../components/fold.tsx'
import { LockedNote, useLock } from '../components/locked.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { ownCount, SHELLS, useEnvironment } from '../store/environment.ts'
import { useWizard } from '../store/wizard.ts'

/** Which shells are told, and which files that means. Those that are not there stand behind a fold. */
export function Shells() {
  const checkUp = useCheckUp((store) => store.checkUp)
  const env = useWizard((wizard) => wizard.profile.env)
  const machine = checkUp.step === 'seen' ? checkUp.machine : null
  const installed = SHELLS.filter((shell) => machine?.shells.some(({ id }) => id === shell) === true)
  const ticked = env?.shells ?? installed
  const shown = SHELLS.filter((shell) => installed.includes(shell) || ticked.includes(shell))
  const missing = SHELLS.filter((shell) => !shown.includes(shell))
  const login = machine?.shells.find((shell) => shell.login)?.id ?? null
  return (
    <fieldset className="env-part">
      <legend>{i18next.t('environment:shells')}</legend>
      {shown.map((shell) => (
        <ShellChoice key={shell} {...{ shell, installed, ticked, login }} />
      ))}
      {machine !== null && missing.length > 0 && (
        <Fold summary={i18next.t('environment:otherShells', { count: missing.length })}>
          <p>{i18next.t('environment:otherShellsWhy', { shells: namesOf(missing) })}</p>
        </Fold>
      )}
      <p className="env-why">{filesText(env, ticked, machine)}</p>
      <p className="env-why faint">{i18next.t('environment:shellsWhy')}</p>
      {machine?.os.platform === 'linux' && <p className="env-why faint">{i18next.t('environment:graphical')}</p>}
      {machine?.os.platform === 'darwin' && <p className="env-why faint">{i18next.t('environment:graphicalMac')}</p>}
      <LockedNote field="env.shells" />
    </fieldset>
  )
}

type Props = {
  shell: ShellId
  installed: readonly ShellId[]
  ticked: readonly ShellId[]
  login: ShellId | null
}

function ShellChoice({ shell, installed, ticked, login }: Props) {
  const toggle = useEnvironment((environment) => environment.toggleShell)
  const { locked } = useLock('env.shells')
  return (
    <label className="env-choice">
      <input
        type="checkbox"
        checked={ticked.includes(shell)}
        disabled={locked}
        onChange={() => toggle(shell, installed)}
      />
      <span>
        {i18next.t(`environment:shell.${shell}`)}
        {shell === login && <span className="faint"> · {i18next.t('environment:loginShell')}</span>}
        {!installed.includes(shell) && <span className="faint"> · {i18next.t('environment:notInstalled')}</span>}
      </span>
    </label>
  )
}

const namesOf = (shells: readonly ShellId[]): string =>
  shells.map((shell) => i18next.t(`environment:shellName.${shell}`)).join(i18next.t('wizard:soFar.comma'))

/** Which files the choices mean, in one sentence; the review names every one. */
function filesText(env: Profile['env'], shells: readonly ShellId[], machine: Machine | null): string {
  if (env?.scope === 'system') return i18next.t('environment:files.system')
  const file = shortened(machine?.go.envFile ?? '', machine?.user.home ?? '')
  if (ownCount(env) === 0 || shells.length === 0)
    return file === '' ? i18next.t('environment:files.none') : i18next.t('environment:files.goOnly', { file })
  return i18next.t('environment:files.user', { shells: namesOf(shells) })
}

/** A path below the home with `~` for it, as it is usually written. */
const shortened = (path: string, home: string): string =>
  home !== '' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
