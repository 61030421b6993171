import { Notification } from 'electron'

/** Held until they are gone: one that nobody holds is collected, and its click with it. */
const shown = new Set<Notification>()

/** Tells a person who looks elsewhere. `click` runs when he follows it. */
export function notify(title: string, body: string, click: () => void): void {
  if (!Notification.isSupported()) return
  const note = new Notification({ title, body })
  const forget = (): void => void shown.delete(note)
  note.on('click', () => {
    forget()
    click()
  })
  note.on('close', forget)
  note.on('failed', forget)
  shown.add(note)
  note.show()
}
