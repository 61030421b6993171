import { Button } from '@mantine/core'
import i18next from 'i18next'
import type { AppError } from '../../electron/contract/note.ts'
import { Failure } from './run-failure.tsx'

type Props = { error: AppError; retry?: () => void; retryLabel?: string }

/** An error with at most one way on: to try again. */
export function Problem({ error, retry, retryLabel }: Props) {
  return (
    <Failure error={error}>
      {retry !== undefined && (
        <Button variant="default" onClick={retry}>
          {retryLabel ?? i18next.t('wizard:again')}
        </Button>
      )}
    </Failure>
  )
}
