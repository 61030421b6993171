import { Button, Modal, TextInput } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import type { AppInfo } from '../../electron/contract/wizard.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Failure } from '../components/run-failure.tsx'
import { useAppInfo } from '../store/app-info.ts'
import css from './settings.module.css'

/** The program's version, its parts and their licences. */
export function AboutDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={i18next.t('about:title')}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': i18next.t('settings:close') }}
      size="lg"
    >
      <About />
    </Modal>
  )
}

function About() {
  const { info, problem, load } = useAppInfo()
  useEffect(() => void load(), [load])
  if (problem !== null)
    return (
      <Failure error={problem}>
        <Button variant="default" onClick={() => void load()}>
          {i18next.t('run:retry')}
        </Button>
      </Failure>
    )
  if (info === null) return <p className="faint">{i18next.t('about:loading')}</p>
  const versions: readonly [string, string][] = [
    ['GoReady', info.version],
    [i18next.t('about:catalogue'), info.catalogueDate],
    ['Electron', info.electron],
    ['Chromium', info.chrome],
    ['Node.js', info.node],
    [i18next.t('about:system'), info.platform],
  ]
  return (
    <div className={css.body}>
      <p>{i18next.t('about:what')}</p>
      <div>
        <dl className={css.versions}>
          {versions.map(([name, version]) => (
            <Row key={name} name={name} version={version} />
          ))}
        </dl>
        <CopyButton
          text={versions.map(([name, version]) => `${name} ${version}`).join('\n')}
          what={i18next.t('about:versions')}
        />
      </div>
      <p>{i18next.t('about:telemetry')}</p>
      <Licences licences={info.licences} />
    </div>
  )
}

function Row({ name, version }: { name: string; version: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{version}</dd>
    </>
  )
}

function Licences({ licences }: { licences: AppInfo['licences'] }) {
  const [wanted, setWanted] = useState('')
  const words = wanted.trim().toLowerCase()
  const found = licences.filter(({ name, licence }) => `${name} ${licence}`.toLowerCase().includes(words))
  return (
    <div>
      <TextInput
        label={i18next.t('about:licences', { parts: licences.length })}
        placeholder={i18next.t('about:search')}
        className={css.search ?? ''}
        value={wanted}
        onChange={({ currentTarget }) => setWanted(currentTarget.value)}
      />
      <ul className={css.licences} tabIndex={0} aria-label={i18next.t('about:list')}>
        {found.map(({ name, version, licence }) => (
          <li key={`${name} ${version}`} className={css.licence}>
            <span>
              {name} <span className="faint">{version}</span>
            </span>
            <span>{licence}</span>
          </li>
        ))}
        {found.length === 0 && <li className={css.licence}>{i18next.t('about:none')}</li>}
      </ul>
    </div>
  )
}
