import i18next from 'i18next'
import type { ReactNode } from 'react'
import { secondNote, servedNote } from '../../electron/contract/receipt-notes.ts'
import type { Receipt as ReceiptFacts } from '../../electron/contract/run.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { useDone } from '../store/done.ts'
import { shortDigest, sizeText } from '../store/run-format.ts'
import css from './done.module.css'

/** Where everything came from and where it went. */
export function Receipt() {
  const { result, summary } = useDone()
  const files = result?.files ?? summary?.files ?? []
  const choices = result?.choices ?? summary?.choices ?? []
  const rows = [...imageRows(), ...moduleRows()]
  if (files.length > 0) rows.push({ name: i18next.t('done:fact.files'), value: <Files files={files} /> })
  if (choices.length > 0)
    rows.push({
      name: i18next.t('done:fact.choices'),
      value: (
        <ul>
          {choices.map(({ key, values }, index) => (
            <li key={`${key}-${index}`}>{i18next.t(key, values ?? {})}</li>
          ))}
        </ul>
      ),
    })
  if (rows.length === 0) return null
  return (
    <section className={css.section}>
      <h2>{i18next.t('done:receipt')}</h2>
      <dl className={css.facts}>
        {rows.map(({ name, value }) => (
          <Row key={name} name={name}>
            {value}
          </Row>
        ))}
      </dl>
    </section>
  )

  function imageRows(): { name: string; value: ReactNode }[] {
    const image = result?.image ?? null
    const receipt = result?.receipt ?? null
    if (image === null || receipt === null) {
      const name = summary?.image ?? null
      const row = { name: i18next.t('done:fact.image'), value: <span className="mono">{name}</span> }
      return name === null ? [] : [row, ...sourceRows(summary?.receipt ?? null)]
    }
    const seconds = Math.max(1, Math.round(image.ms / 1000))
    const how = image.pulled
      ? i18next.t('done:pulled', { size: sizeText(image.bytes), seconds })
      : i18next.t('done:present')
    const asked = [...receipt.mirrors, i18next.t('done:official')]
    return [
      {
        name: i18next.t('done:fact.image'),
        value: (
          <>
            <span className="mono">{image.reference}</span> · {how} ·{' '}
            {i18next.t('done:onDisk', { size: sizeText(image.size) })}
          </>
        ),
      },
      ...(receipt.digest === null
        ? []
        : [{ name: i18next.t('done:fact.digest'), value: <Digest digest={receipt.digest} /> }]),
      ...(receipt.pulled
        ? [{ name: i18next.t('done:fact.asked'), value: <span className="mono">{asked.join(' → ')}</span> }]
        : []),
      ...sourceRows(receipt),
    ]
  }

  function moduleRows(): { name: string; value: ReactNode }[] {
    const module = result?.verification?.module ?? null
    if (module === null) return []
    const { path, version, proxy, ok, served } = module
    const key = ok ? 'image:verify.module-ok' : 'image:verify.module-failed'
    const came =
      served === null
        ? i18next.t(key, { path, version, proxy })
        : i18next.t('image:receipt.module', { path, version, served })
    return [{ name: i18next.t('done:fact.module'), value: came }]
  }
}

/** Who served the image, and what a second source says of it. */
function sourceRows(receipt: ReceiptFacts | null): { name: string; value: ReactNode }[] {
  if (receipt === null) return []
  const [served, second] = [servedNote(receipt), secondNote(receipt)]
  return [
    ...(served === null
      ? []
      : [{ name: i18next.t('done:fact.served'), value: i18next.t(served.key, served.values ?? {}) }]),
    ...(second === null
      ? []
      : [{ name: i18next.t('done:fact.second'), value: i18next.t(second.key, second.values ?? {}) }]),
  ]
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Digest({ digest }: { digest: string }) {
  return (
    <>
      <span className="mono" title={digest}>
        {shortDigest(digest)}
      </span>{' '}
      <CopyButton text={digest} what={i18next.t('done:fact.digest')} />
    </>
  )
}

type FileRow = { path: string; action: 'create' | 'modify' | 'delete' }

function Files({ files }: { files: readonly FileRow[] }) {
  return (
    <ul className={css.paths}>
      {files.map(({ path, action }) => (
        <li key={path}>
          <span className="mono">{path}</span> <span className="faint">{i18next.t(`review:badge.${action}`)}</span>
        </li>
      ))}
    </ul>
  )
}
