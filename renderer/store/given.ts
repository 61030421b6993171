import { request } from '../api.ts'
import { isChanging } from './busy.ts'
import { useDrop } from './drop.ts'
import { useWizard } from './wizard.ts'

/** Milliseconds between two looks whether a run has ended. */
const AGAIN = 1000

let waiting = false

/** Opens the profile that another start of the program named; while a run goes on, see `offerLater`. */
export async function takeGiven(): Promise<void> {
  if (await isChanging()) {
    useDrop.getState().show({ tone: 'problem', note: { key: 'review:drop.waits' } })
    return offerLater()
  }
  const given = await request('profile.given', undefined)
  if (given) useWizard.getState().open(given)
}

/**
 * While a run goes on, the profile that a start named stays with main. It is offered when the run has ended,
 * so that neither the page of the run nor the profile is lost. Nothing where no run goes on.
 */
export async function offerLater(): Promise<void> {
  if (waiting || !(await isChanging())) return
  waiting = true
  while (await isChanging()) await new Promise((resolve) => setTimeout(resolve, AGAIN))
  waiting = false
  const opened = await request('profile.given', undefined)
  if (opened === null) return
  useDrop.getState().show({ tone: 'offer', note: { key: 'review:drop.offer', values: { name: opened.name } }, opened })
}
