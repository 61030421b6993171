import { type BrowserWindow, dialog } from 'electron'
import type { Words } from '../desk/words.ts'

export type Answer = 'background' | 'cancel' | 'stay'
const ANSWERS = ['background', 'cancel', 'stay'] as const

/** Asks what becomes of running work when its window closes. A question that is closed itself means: stay. */
export async function askClosing(window: BrowserWindow, { closing }: Words): Promise<Answer> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'GoReady',
    message: closing.title,
    detail: closing.detail,
    buttons: [closing.background, closing.cancel, closing.stay],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  })
  return ANSWERS[response] ?? 'stay'
}
