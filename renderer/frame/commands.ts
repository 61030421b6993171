import type { Command } from '../../electron/contract/bridge.ts'
import { onCommand, request } from '../api.ts'
import { assertNever } from '../assert-never.ts'
import { isChanging } from '../store/busy.ts'
import { useDialog } from '../store/dialog.ts'
import { useDrop } from '../store/drop.ts'
import { offerLater, takeGiven, told } from '../store/given.ts'
import { mayRun, useWizard } from '../store/wizard.ts'

/** Does what the menu and a second start of the program ask for. Once. */
export function listenToCommands(): void {
  onCommand((command) => void told(() => obey(command)))
  // The page may have been loaded again in the middle of a run.
  if (mayRun(useWizard.getState().page)) void told(offerLater)
}

/** Throws what the request for it throws. */
export async function obey(command: Command): Promise<void> {
  switch (command) {
    case 'settings':
    case 'classroom':
    case 'about':
      return useDialog.getState().show(command)
    case 'open-profile':
      return openChosen()
    case 'given-profile':
      return takeGiven()
    case 'export-profile':
      return exportProfile()
    default:
      return assertNever(command)
  }
}

async function exportProfile(): Promise<void> {
  const path = await request('profile.export', { profile: useWizard.getState().profile })
  // The dialog was closed.
  if (path === null) return
  useDrop.getState().show({ tone: 'done', note: { key: 'review:drop.exported', values: { path } } })
}

async function openChosen(): Promise<void> {
  const busy = { tone: 'problem', note: { key: 'review:drop.running' } } as const
  if (await isChanging()) return useDrop.getState().show(busy)
  const opened = await request('profile.open', { name: '', text: null })
  if (opened === null) return
  // The dialog may have stood open while a run was started.
  if (await isChanging()) return useDrop.getState().show(busy)
  useWizard.getState().open(opened)
}
