import type { ClassroomAction, ClassroomView, SeatList, SeatView } from '../../electron/contract/classroom.ts'
import type { KitInterface, KitServer, KitView } from '../../electron/contract/kit.ts'
import type { OpenApp } from './app.ts'

/** What main is to say of a room and of a kit; all else it answers itself. */
export type PlayedRoom = {
  room: ClassroomView
  list: SeatList
  kit: KitView
  interfaces: readonly KitInterface[]
  serving: KitServer | null
  server: KitServer
  /** What each action tells of the seats, and whether a wave had too many failures; `ends` false: it goes on for ever. */
  runs: Readonly<Record<ClassroomAction, { seats: readonly SeatView[]; stopped: boolean; ends: boolean }>>
  /** The kit is being made, and stays so. */
  making: { fraction: number; bytes: number; totalBytes: number; speed: number; left: number }
}

/** From now on main says what a test wants of rooms and kits, so that every look of the page can be seen. */
export async function playRoom({ app }: OpenApp, played: PlayedRoom): Promise<void> {
  await app.evaluate(({ ipcMain }, all) => {
    const channel = 'goready:request'
    const known: unknown = Reflect.get(ipcMain, '_invokeHandlers')
    const real: unknown = known instanceof Map ? known.get(channel) : undefined
    if (typeof real !== 'function') throw new Error('nobody answers the window')
    const { room, list, kit, interfaces, server, runs, making } = all
    let { serving } = all
    let shown = room
    const tasks: { id: string; kind: string; state: string; events: unknown[] }[] = []
    ipcMain.removeHandler(channel)
    ipcMain.handle(channel, async (event, name: string, input: unknown) => {
      const of = (key: string): unknown =>
        typeof input === 'object' && input !== null ? Reflect.get(input, key) : null
      const begin = (kind: string, reports: readonly object[], ends: boolean) => {
        const id = `played-${tasks.length + 1}`
        const events = reports.map((report, seq) => ({ taskId: id, seq, ...report }))
        tasks.push({ id, kind, state: ends ? 'done' : 'running', events })
        for (const one of events) event.sender.send('goready:task', one)
        return { taskId: id }
      }
      const answer = (value: unknown) => ({ ok: true, value })
      switch (name) {
        case 'task.list':
          return answer(tasks)
        case 'folder.choose':
          return answer(
            of('kind') === 'kit' ? { id: 'kit-1', folder: kit.folder } : { id: 'room-1', folder: room.folder },
          )
        case 'classroom.read':
          return answer(list)
        case 'classroom.show':
          return answer(shown)
        case 'classroom.write':
          shown = {
            ...room,
            seats: list.seats.map((seat) => ({ seat, state: 'waiting', reason: null, wave: null, report: null })),
          }
          return answer(shown)
        case 'classroom.run': {
          const action = of('action')
          if (action !== 'check' && action !== 'apply' && action !== 'undo') throw new Error('no action')
          const { seats, stopped, ends } = runs[action]
          const result = { action, stopped, counts: {}, seats }
          const told = [
            { type: 'log', line: 'PLAY [Set the room up, wave by wave]' },
            { type: 'seats', seats },
          ]
          return answer(begin('room', ends ? [...told, { type: 'done', result }] : told, ends))
        }
        case 'classroom.save':
          return answer(`/home/chen/seats.${String(of('format'))}`)
        case 'kit.show':
          return answer(kit)
        case 'kit.interfaces':
          return answer(interfaces)
        case 'kit.serving':
          return answer(serving)
        case 'kit.serve':
          serving = server
          return answer(begin('kit', [{ type: 'done', result: server }], true))
        case 'kit.stop':
          serving = null
          return answer(true)
        case 'kit.make':
          return answer(
            begin(
              'kit',
              [
                { type: 'step', step: 'kit', state: 'running' },
                { type: 'progress', step: 'kit', note: { key: 'wizard:loading' }, ...making },
              ],
              false,
            ),
          )
        default:
          return Reflect.apply(real, undefined, [event, name, input])
      }
    })
  }, played)
}
