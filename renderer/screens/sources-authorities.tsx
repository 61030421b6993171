import { ActionIcon, Button } from '@mantine/core'
import i18next from 'i18next'
import { useRef } from 'react'
import { Fold } from '../components/fold.tsx'
import { CrossIcon } from '../components/icons.tsx'
import { LockedNote, useLock } from '../components/locked.tsx'
import {
  addAuthority,
  type Authority,
  type AuthorityTool,
  chooseClient,
  dropClient,
  removeAuthority,
  toggleTool,
} from '../store/authorities.ts'
import { useCheckUp } from '../store/check-up.ts'
import { splitPath } from '../store/run-format.ts'
import { useWizard } from '../store/wizard.ts'
import css from './sources.module.css'

/** Certificates of a company's or school's own registry, each by a file that main's dialog chose. */
export function Authorities() {
  const authorities = useWizard(({ profile }) => profile.authorities) ?? []
  const { locked } = useLock('authorities')
  const add = useRef<HTMLButtonElement>(null)
  return (
    <Fold summary={i18next.t('sources:authority.title', { count: authorities.length })}>
      <p className="faint">{i18next.t('sources:authority.why')}</p>
      <ul className={css.rows}>
        {authorities.map((authority) => (
          <AuthorityRow
            key={authority.file}
            authority={authority}
            locked={locked}
            remove={() => {
              removeAuthority(authority)
              add.current?.focus()
            }}
          />
        ))}
      </ul>
      <Button ref={add} variant="default" size="compact-md" disabled={locked} onClick={() => void addAuthority()}>
        {i18next.t('sources:authority.add')}
      </Button>
      <LockedNote field="authorities" />
    </Fold>
  )
}

function AuthorityRow({ authority, locked, remove }: { authority: Authority; locked: boolean; remove(): void }) {
  const { name, folder } = splitPath(authority.file)
  const label = i18next.t('sources:authority.removeFor', { name })
  const { client } = authority
  return (
    <li className={css.row}>
      <span className={css.rowWords}>
        <span>{name}</span>
        <span className="mono">{folder}</span>
        <span className="faint">
          {client === undefined
            ? i18next.t('sources:authority.noClient')
            : i18next.t('sources:authority.client', {
                cert: splitPath(client.cert).name,
                key: splitPath(client.key).name,
              })}
        </span>
        <Tools authority={authority} locked={locked} />
      </span>
      <Button
        variant="default"
        size="compact-md"
        disabled={locked}
        aria-label={i18next.t(
          client === undefined ? 'sources:authority.addClientFor' : 'sources:authority.dropClientFor',
          {
            name,
          },
        )}
        onClick={() => (client === undefined ? void chooseClient(authority) : dropClient(authority))}
      >
        {i18next.t(client === undefined ? 'sources:authority.addClient' : 'sources:authority.dropClient')}
      </Button>
      <ActionIcon variant="subtle" disabled={locked} aria-label={label} title={label} onClick={remove}>
        <CrossIcon />
      </ActionIcon>
    </li>
  )
}

const TOOLS: readonly AuthorityTool[] = ['docker', 'npm', 'pip', 'go', 'apt']
/** What they trust is a list of the system's, which is made of files on Linux alone. */
const BY_SYSTEM: readonly AuthorityTool[] = ['go', 'apt']

function Tools({ authority, locked }: { authority: Authority; locked: boolean }) {
  const platform = useCheckUp(({ checkUp }) => (checkUp.step === 'seen' ? checkUp.machine.os.platform : null))
  const { name } = splitPath(authority.file)
  const shown = TOOLS.filter(
    (tool) => !BY_SYSTEM.includes(tool) || platform === 'linux' || authority.for.includes(tool),
  )
  return (
    <span className={css.tools} role="group" aria-label={i18next.t('sources:authority.tools', { name })}>
      {shown.map((tool) => (
        <label key={tool}>
          <input
            type="checkbox"
            checked={authority.for.includes(tool)}
            disabled={locked || (authority.for.length === 1 && authority.for.includes(tool))}
            onChange={() => toggleTool(authority, tool)}
          />{' '}
          {i18next.t(`sources:authority.tool.${tool}`)}
        </label>
      ))}
    </span>
  )
}
