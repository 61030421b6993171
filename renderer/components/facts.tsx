import i18next from 'i18next'
import type { Machine } from '../../electron/contract/machine.ts'

const joined = (parts: readonly string[]) => (parts.length > 0 ? parts.join(', ') : i18next.t('check-up:fact.none'))

/** The machine as a short table; paths and versions in monospace. */
export function Facts({ machine }: { machine: Machine }) {
  const { os, user, shells, docker, go, permissions } = machine
  const flavour = i18next.t(`docker:flavour.${docker.flavour}`)
  const rows: readonly [string, string][] = [
    [i18next.t('check-up:fact.system'), `${os.name} ${os.version} (${os.arch})`],
    [i18next.t('check-up:fact.user'), `${user.name} · ${user.home}`],
    [i18next.t('check-up:fact.rights'), i18next.t(`check-up:rights.${permissions.elevation}`)],
    [
      i18next.t('check-up:fact.docker'),
      joined([docker.version === null ? '' : `${flavour} ${docker.version}`, docker.endpoint].filter((part) => part)),
    ],
    [i18next.t('check-up:fact.shells'), joined(shells.map(({ id, version }) => `${id} ${version}`.trim()))],
    [i18next.t('check-up:fact.go'), joined(go.installed.map(({ version, path }) => `${version} (${path})`))],
    [i18next.t('check-up:fact.goenv'), go.envFile],
  ]
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
