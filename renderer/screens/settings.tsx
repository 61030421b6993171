/** The window's own settings. */
export function SettingsDialog(_props: { opened: boolean; onClose(): void }) {
  return null
}
