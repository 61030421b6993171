import { Button, Modal, Skeleton } from '@mantine/core'
import i18next from 'i18next'
import css from '../components/doctor.module.css'
import { CopyButton } from '../components/copy-button.tsx'
import { Failure } from '../components/run-failure.tsx'
import { useReport } from '../store/report.ts'

/** Opens the redacted report of this machine. */
export function ReportButton() {
  const { open } = useReport()
  return (
    <div className="doctor-more">
      <Button variant="default" size="compact-md" onClick={() => void open()}>
        {i18next.t('doctor:page.report.open')}
      </Button>
      <span className="faint">{i18next.t('doctor:page.report.why')}</span>
      <ReportDialog />
    </div>
  )
}

function ReportDialog() {
  const { opened, close } = useReport()
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={i18next.t('doctor:page.report.title')}
      closeButtonProps={{ 'aria-label': i18next.t('doctor:page.close') }}
      lockScroll={false}
      size="xl"
    >
      <Report />
    </Modal>
  )
}

function Report() {
  const { markdown, saved, saving, error, open, save } = useReport()
  const title = i18next.t('doctor:page.report.title')
  return (
    <div className={css.report}>
      <p className="faint">{i18next.t('doctor:page.report.hidden')}</p>
      {error !== null && (
        <Failure error={error}>
          {markdown === null && (
            <Button variant="default" onClick={() => void open()}>
              {i18next.t('run:retry')}
            </Button>
          )}
        </Failure>
      )}
      {markdown === null && error === null && (
        <div aria-busy="true">
          <p className="faint">{i18next.t('doctor:page.report.making')}</p>
          <Skeleton height={240} />
        </div>
      )}
      {markdown !== null && (
        <>
          {/* Scrolls, so that the keyboard has to reach it. */}
          <pre className={css.markdown} tabIndex={0} role="group" aria-label={title}>
            {markdown}
          </pre>
          <div className="target-buttons">
            <CopyButton text={markdown} what={title} />
            <Button variant="default" loading={saving} onClick={() => void save()}>
              {i18next.t('doctor:page.report.save')}
            </Button>
            <span role="status">{saved !== null && i18next.t('doctor:page.report.saved', { path: saved })}</span>
          </div>
        </>
      )}
    </div>
  )
}
