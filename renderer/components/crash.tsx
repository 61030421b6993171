import { Button } from '@mantine/core'
import i18next from 'i18next'
import { Component, type ReactNode } from 'react'
import type { AppError } from '../../electron/contract/note.ts'
import { errorOf } from '../store/run-error.ts'
import { useWizard } from '../store/wizard.ts'
import { Failure } from './run-failure.tsx'

type State = { error: AppError | null }

/** A page that cannot be drawn says so and offers a way on; without this the window would be empty. */
export class Crash extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: errorOf(thrown) }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    const anew = () => {
      useWizard.getState().leave()
      this.setState({ error: null })
    }
    return (
      <main className="page">
        <Failure error={error}>
          <Button onClick={() => location.reload()}>{i18next.t('wizard:crash.again')}</Button>
          <Button variant="default" onClick={anew}>
            {i18next.t('wizard:crash.anew')}
          </Button>
        </Failure>
      </main>
    )
  }
}
