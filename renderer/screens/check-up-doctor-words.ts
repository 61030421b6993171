import i18next from 'i18next'
import type { FoundView } from '../../electron/contract/doctor.ts'
import type { Doctor } from '../store/doctor.ts'
import { partsOf, sentencesOf } from '../store/doctor-view.ts'

/** The verdict in one sentence; what makes it is named. */
export function verdictTitle(verdict: 'ready' | 'remark' | 'broken', gravest: FoundView | null): string {
  if (verdict !== 'broken' || gravest === null) return i18next.t(`doctor:verdict.${verdict}`)
  const what = i18next.t(`${sentencesOf(gravest)}.what`, gravest.values).replaceAll('`', '')
  return i18next.t('doctor:page.broken', { what: what.replace(/[。.]$/, '') })
}

/** What the bar says while the doctor's page is shown. */
export function doctorSentence(doctor: Doctor): string {
  if (doctor.step === 'seen') return i18next.t(`doctor:page.bar.${doctor.checkUp.verdict}`)
  return i18next.t(doctor.step === 'failed' ? 'doctor:page.bar.failed' : 'check-up:sentence.looking')
}

/** What the rail says under the finished step. */
export function chosenOf(doctor: Doctor): string | null {
  if (doctor.step !== 'seen') return null
  const { verdict, problems } = partsOf(doctor.checkUp)
  return verdict === 'ready'
    ? i18next.t('doctor:verdict.ready')
    : i18next.t(`doctor:page.chosen.${verdict}`, { count: problems })
}
