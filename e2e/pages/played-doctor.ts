import type { CheckName, CheckUp, CheckView, RepairPlan } from '../../electron/contract/doctor.ts'
import type { Explained } from '../../electron/contract/explain.ts'
import type { OpenApp } from './app.ts'

/** What main is to say of the doctor; all else it answers itself. */
export type Played = {
  checkUp: CheckUp
  plan: RepairPlan
  explained: readonly Explained[]
  markdown: string
  /** Checks that never end. */
  stuck: readonly string[]
}

/**
 * From now on main says what a test wants of the check-up, so that every look of the page can be seen on any machine:
 * rungs, chains, offers, many findings at once.
 */
export async function playDoctor({ app }: OpenApp, played: Played): Promise<void> {
  const names: CheckName[] = played.checkUp.checks.map(({ id, category }) => ({ id, category }))
  await app.evaluate(
    ({ ipcMain }, { checkUp, plan, explained, markdown, stuck, names }) => {
      const channel = 'goready:request'
      const known: unknown = Reflect.get(ipcMain, '_invokeHandlers')
      const real: unknown = known instanceof Map ? known.get(channel) : undefined
      if (typeof real !== 'function') throw new Error('nobody answers the window')
      const told = new Map<string, unknown>([
        ['doctor.plan', plan],
        ['doctor.explain', explained],
        ['doctor.report', { markdown, json: '{}' }],
        ['doctor.mute', true],
      ])
      let count = 0
      ipcMain.removeHandler(channel)
      // A window that looks for its task before the events have come asks for the list.
      const tasks: unknown[] = []
      ipcMain.handle(channel, async (event, name: string, input: unknown) => {
        if (name === 'task.list') {
          const answer: unknown = await Reflect.apply(real, undefined, [event, name, input])
          const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'value') : []
          return { ok: true, value: [...(Array.isArray(value) ? value : []), ...tasks] }
        }
        if (told.has(name)) return { ok: true, value: told.get(name) }
        if (name !== 'doctor.check') return Reflect.apply(real, undefined, [event, name, input])
        const taskId = `played-${++count}`
        const events = checkUp.checks
          .filter(({ id }) => !stuck.includes(id))
          .map((check: CheckView) => ({ type: 'checked', check }) as const)
        const all = stuck.length > 0 ? events : [...events, { type: 'done', result: checkUp } as const]
        const sent = all.map((one, seq) => ({ taskId, seq, ...one }))
        tasks.push({ id: taskId, kind: 'check', state: stuck.length > 0 ? 'running' : 'done', events: sent })
        for (const one of sent) event.sender.send('goready:task', one)
        return { ok: true, value: { taskId, checks: names } }
      })
    },
    { ...played, names },
  )
}
