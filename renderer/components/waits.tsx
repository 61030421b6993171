import i18next from 'i18next'
import type { Timeline } from '../store/run-timeline.ts'

/** Says for which other GoReady a task waits, while it does. */
export function Waits({ timeline }: { timeline: Timeline }) {
  const { waitsFor, end } = timeline
  if (waitsFor === null || end !== null) return null
  return <p role="status">{i18next.t('history:waiting', { pid: waitsFor })}</p>
}
