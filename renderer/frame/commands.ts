import type { Command } from '../../electron/contract/bridge.ts'
import { onCommand, request } from '../api.ts'
import { assertNever } from '../assert-never.ts'
import { useDialog } from '../store/dialog.ts'
import { useWizard } from '../store/wizard.ts'

/** Does what the menu and a second start of the program ask for. Once. */
export function listenToCommands(): void {
  // What fails here was asked for in a dialog of main's own, which has said so already.
  onCommand((command) => void obey(command).catch(() => {}))
}

async function obey(command: Command): Promise<void> {
  switch (command) {
    case 'settings':
    case 'about':
      return useDialog.getState().show(command)
    case 'open-profile': {
      const opened = await request('profile.open', { name: '', text: null })
      if (opened) useWizard.getState().open(opened)
      return
    }
    case 'given-profile': {
      const given = await request('profile.given', undefined)
      if (given) useWizard.getState().open(given)
      return
    }
    case 'export-profile':
      await request('profile.export', { profile: useWizard.getState().profile })
      return
    default:
      return assertNever(command)
  }
}
