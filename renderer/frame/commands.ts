import type { Command } from '../../electron/contract/bridge.ts'
import { onCommand, request } from '../api.ts'
import { assertNever } from '../assert-never.ts'
import { isChanging } from '../store/busy.ts'
import { useDialog } from '../store/dialog.ts'
import { useDrop } from '../store/drop.ts'
import { offerLater, takeGiven } from '../store/given.ts'
import { mayRun, useWizard } from '../store/wizard.ts'

/** Does what the menu and a second start of the program ask for. Once. */
export function listenToCommands(): void {
  // What fails here was asked for in a dialog of main's own, which has said so already.
  onCommand((command) => void obey(command).catch(() => {}))
  // The page may have been loaded again in the middle of a run.
  if (mayRun(useWizard.getState().page)) void offerLater().catch(() => {})
}

async function obey(command: Command): Promise<void> {
  switch (command) {
    case 'settings':
    case 'about':
      return useDialog.getState().show(command)
    case 'open-profile':
      return openChosen()
    case 'given-profile':
      return takeGiven()
    case 'export-profile':
      await request('profile.export', { profile: useWizard.getState().profile })
      return
    default:
      return assertNever(command)
  }
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
