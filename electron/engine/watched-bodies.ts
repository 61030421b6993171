import { randomUUID } from 'node:crypto'
import { under } from '../core/paths.ts'
import { readProfileBytes } from '../core/profile-file.ts'
import type { Reader } from '../core/system.ts'
import type { Classroom } from './classroom.ts'
import type { Kit } from './kit.ts'
import type { Observer, Watched } from './observer.ts'
import { type Collector, collectorOf } from './planned.ts'

const body = (kind: string, report: Watched['report']): Watched => ({ kind, id: randomUUID(), report })

/** Rooms whose runs are seen: how the seats stand goes to the collector that the room's own profile names. */
export const watchClassroom = (classroom: Classroom, observer: Observer, sys: Reader): Classroom => ({
  ...classroom,
  run: (folder, wanted, report, signal) =>
    observer.watch(body('room', report), async (watch) => {
      watch.tell(await roomCollector(classroom, folder, sys, signal))
      return classroom.run(folder, wanted, watch.report, signal)
    }),
})

/** What is wrong with a room or its profile the run itself says better. */
async function roomCollector(
  classroom: Classroom,
  folder: string,
  sys: Reader,
  signal: AbortSignal,
): Promise<Collector | null> {
  try {
    const { profile } = await classroom.show(folder, signal)
    return profile === null ? null : collectorOf(readProfileBytes(await sys.readFile(under(folder, profile))))
  } catch {
    return null
  }
}

/** Kits whose making, checking and loading is seen. */
export const watchKit = (kit: Kit, observer: Observer): Kit => ({
  ...kit,
  make: (folder, wish, profile, report, signal) =>
    observer.watch(body('kit', report), (watch) => {
      watch.tell(collectorOf(profile))
      return kit.make(folder, wish, profile, watch.report, signal)
    }),
  verify: (folder, report, signal) =>
    observer.watch(body('kit', report), (watch) => kit.verify(folder, watch.report, signal)),
  load: (place, report, signal) =>
    observer.watch(body('kit', report), (watch) => kit.load(place, watch.report, signal)),
})
