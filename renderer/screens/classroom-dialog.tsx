import { Modal } from '@mantine/core'
import i18next from 'i18next'
import { lazy, Suspense } from 'react'
import css from './classroom-dialog.module.css'

// Loaded when somebody opens it: most never do, and the window starts as soon as without it.
const Body = lazy(async () => ({ default: (await import('./classroom.tsx')).Classroom }))

/** The teacher's page. A run goes on when it is closed. */
export function ClassroomDialog({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      fullScreen
      title={i18next.t('wizard:tools.classroom')}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': i18next.t('wizard:tools.closeClassroom') }}
      classNames={{
        content: css.content ?? '',
        header: css.header ?? '',
        title: css.title ?? '',
        body: css.body ?? '',
      }}
    >
      <Suspense fallback={<p className={`${css.opening ?? ''} faint`}>{i18next.t('wizard:tools.opening')}</p>}>
        <Body />
      </Suspense>
    </Modal>
  )
}
