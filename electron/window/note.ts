import { Notification } from 'electron'

/** Tells a person who looks elsewhere. `click` runs when he follows it. */
export function notify(title: string, body: string, click: () => void): void {
  if (!Notification.isSupported()) return
  const note = new Notification({ title, body })
  note.on('click', click)
  note.show()
}
