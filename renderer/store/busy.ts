import { request } from '../api.ts'

/** What changes the computer or gives changes back; leaving its page would leave its questions without an answer. */
const CHANGING: readonly string[] = ['apply', 'undo', 'uninstall']

/** Whether something is being changed right now. Main knows; a window that was just loaded does not. */
export async function isChanging(): Promise<boolean> {
  const tasks = await request('task.list', undefined).catch(() => [])
  return tasks.some(({ kind, state }) => state === 'running' && CHANGING.includes(kind))
}
