import { request } from '../api.ts'
import { isChanging } from './busy.ts'
import { useDrop } from './drop.ts'
import { errorOf } from './run-error.ts'
import { mayRun, useWizard } from './wizard.ts'

/** Milliseconds between two looks whether a run has ended. */
const AGAIN = 1000

let waiting = false

/** Opens the profile that this start of the program named. A run that goes on keeps its page; see `offerLater`. */
export async function openGiven(): Promise<void> {
  if (mayRun(useWizard.getState().page) && (await isChanging())) return
  await told(openWaiting)
}

/** Does what somebody asked for outside the pages; what fails is said over the page that stands there. */
export async function told(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    useDrop.getState().show({ tone: 'error', error: errorOf(thrown) })
  }
}

async function openWaiting(): Promise<void> {
  const given = await request('profile.given', undefined)
  if (given) useWizard.getState().open(given)
}

/** Opens the profile that another start of the program named; while a run goes on, see `offerLater`. */
export async function takeGiven(): Promise<void> {
  if (await isChanging()) {
    useDrop.getState().show({ tone: 'problem', note: { key: 'review:drop.waits' } })
    return offerLater()
  }
  await openWaiting()
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
