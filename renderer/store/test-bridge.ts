import { vi } from 'vitest'
import type { RequestInput, RequestName, RequestOutput } from '../../electron/contract/requests.ts'

type Answers = { [N in RequestName]?: (input: RequestInput<N>) => RequestOutput<N> | Promise<RequestOutput<N>> }

/** A main process that answers what a test says, and refuses the rest as `internal`. Answers what was asked. */
export function playMain(answers: Answers): { name: string; input: unknown }[] {
  const asked: { name: string; input: unknown }[] = []
  const known = new Map<string, unknown>(Object.entries(answers))
  vi.stubGlobal('window', {
    goready: {
      async request(name: string, input: unknown) {
        asked.push({ name, input })
        const answer = known.get(name)
        if (typeof answer !== 'function') return { ok: false, error: { code: 'internal' } }
        return { ok: true, value: await answer(input) }
      },
      onTask() {},
      onCommand() {},
    },
  })
  return asked
}
