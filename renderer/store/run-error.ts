import i18next from 'i18next'
import type { Page } from '../../electron/contract/wizard.ts'
import { errorValues } from '../../electron/contract/error-values.ts'
import type { AppError, ErrorCode } from '../../electron/contract/note.ts'
import { RequestError } from '../api.ts'

/** Whatever a request threw, as an error with a code. */
export const errorOf = (thrown: unknown): AppError =>
  thrown instanceof RequestError ? thrown.error : { code: 'internal', cause: String(thrown) }

/**
 * An error in words: what happened, what to do. What the command line would have somebody type is said
 * for the window where `run:todo` has a sentence of its own.
 */
export function errorWords(error: AppError): { what: string; todo: string } {
  const values = errorValues(error, { has: (key) => i18next.exists(key), say: (key, more) => i18next.t(key, more) })
  // Here it was no word on a command line: a file that was named, chosen or dropped.
  if (error.values?.['reason'] === 'cli:reason.file')
    return { what: i18next.t('run:givenFile.what', values), todo: i18next.t('run:givenFile.todo') }
  const own = `run:todo.${error.code}`
  return {
    what: i18next.t(`error:${error.code}.what`, values),
    todo: i18next.t(i18next.exists(own) ? own : `error:${error.code}.todo`, values).trim(),
  }
}

/** The whole error as text, for somebody who is asked for help. */
export function errorText(error: AppError): string {
  const { what, todo } = errorWords(error)
  const rest = error.remaining ? [i18next.t('error:remaining'), ...error.remaining] : []
  return [`[${error.code}] ${what}`, todo, error.cause ?? '', ...rest].filter((line) => line !== '').join('\n')
}

const FITTING: Readonly<Partial<Record<ErrorCode, Page>>> = {
  'docker-not-installed': 'check-up',
  'docker-not-running': 'check-up',
  'docker-no-permission': 'check-up',
  'docker-unreachable': 'check-up',
  'engine-disk-full': 'check-up',
  'no-image': 'go-version',
  'image-bad-reference': 'go-version',
  'image-not-found': 'go-version',
  'image-no-platform': 'go-version',
  'container-failed': 'go-version',
  'version-mismatch': 'sources',
  'registry-denied': 'sources',
  'registry-rate-limit': 'sources',
  'registry-unreachable': 'sources',
  'pull-failed': 'sources',
  'module-download-failed': 'sources',
  'source-unreachable': 'sources',
  'docker-refused-config': 'sources',
  'docker-reload-failed': 'sources',
  'docker-mirror-path': 'sources',
  'apt-unknown-system': 'sources',
  'apt-no-archive': 'sources',
  'apt-no-official': 'sources',
  'apt-other-archive': 'sources',
  'apt-no-authorities': 'sources',
  'apt-update-failed': 'sources',
  'needs-admin': 'sources',
  'bad-authority': 'sources',
  'setting-not-effective': 'environment',
  'launch-agent-failed': 'environment',
  'authorities-update-failed': 'sources',
  'edit-conflict': 'environment',
}

/** The page on which a choice can be changed so that an error may not come again. */
export const fittingPage = (code: ErrorCode): Page => FITTING[code] ?? 'review'
