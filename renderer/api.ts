import type { Command } from '../electron/contract/bridge.ts'
import type { AppError } from '../electron/contract/note.ts'
import type { RequestInput, RequestName, RequestOutput } from '../electron/contract/requests.ts'
import type { Start } from '../electron/contract/start.ts'
import type { TaskEvent } from '../electron/contract/task.ts'

/** What a refused or failed request throws: the code, its values and the raw cause. */
export class RequestError extends Error {
  readonly error: AppError

  constructor(error: AppError) {
    super(error.code)
    this.name = 'RequestError'
    this.error = error
  }
}

/** Asks the main process. Both sides have parsed what crosses by the contract; throws a RequestError. */
export async function request<N extends RequestName>(name: N, input: RequestInput<N>): Promise<RequestOutput<N>> {
  const answer = await window.goready.request(name, input)
  if (!answer.ok) throw new RequestError(answer.error)
  // Main has parsed the value by this request's own schema.
  return answer.value as RequestOutput<N>
}

/** What main has put into the page; null where it is to be asked for. Once: it is old afterwards. */
export function firstAnswers(): Start | null {
  const place = document.querySelector<HTMLMetaElement>('meta[name="goready-start"]')
  const text = place?.content ?? ''
  place?.remove()
  // Main wrote it, from this very type.
  return text === '' ? null : (JSON.parse(text) as Start)
}

/** Every event of every task, from now on. */
export const onTask = (listener: (event: TaskEvent) => void): void => window.goready.onTask(listener)

/** What the menu and a second start of the program ask for. */
export const onCommand = (listener: (command: Command) => void): void => window.goready.onCommand(listener)
