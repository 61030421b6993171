import i18next from 'i18next'
import type { FoundView, Verdict } from '../../electron/contract/doctor.ts'
import type { Doctor } from '../store/doctor.ts'
import { partsOf, sentencesOf } from '../store/doctor-view.ts'

/** The verdict, and what makes it where something is broken: both are one sentence. */
export function verdictWords(verdict: Verdict, gravest: FoundView | null): { title: string; what: string } {
  if (verdict !== 'broken' || gravest === null) return { title: i18next.t(`doctor:verdict.${verdict}`), what: '' }
  const what = i18next.t(`${sentencesOf(gravest)}.what`, gravest.values).replaceAll('`', '')
  return { title: i18next.t('doctor:page.broken'), what: what.replace(/[。.]$/, '') }
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
