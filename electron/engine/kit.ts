import type { KitInterface, KitResult, KitServer, KitView, KitWish } from '../contract/kit.ts'
import type { Profile } from '../contract/profile.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Images } from './images.ts'

type Report = (event: TaskReport) => void
export type ServeKit = { interface: string; port: number | null }

/** Classroom kits: everything a machine without internet needs. Folders are absolute paths. Throws CodedErrors. */
export type Kit = {
  show(folder: string): Promise<KitView>
  /** Body of a task. Goes on where an earlier try stopped; the manifest comes last. */
  make(folder: string, wish: KitWish, profile: Profile, report: Report, signal: AbortSignal): Promise<KitResult>
  /** Body of a task. Every file against the manifest. Throws `kit-damaged`, `kit-incomplete`. */
  verify(folder: string, report: Report, signal: AbortSignal): Promise<KitResult>
  /** This machine's interfaces, loopback last. */
  interfaces(): readonly KitInterface[]
  /** Body of a task. Serves until `stop`, or the end of the process. */
  serve(folder: string, how: ServeKit, report: Report, signal: AbortSignal): Promise<KitServer>
  serving(): KitServer | null
  /** false: nothing was served. */
  stop(): Promise<boolean>
  /** The profile that makes this machine use a kit: a folder (a stick), or the address that `serve` gave out. */
  profileFor(place: string, signal: AbortSignal): Promise<Profile>
  /** Body of a task. Brings the kit's images into Docker; those that are there already stay. */
  load(place: string, report: Report, signal: AbortSignal): Promise<KitResult>
}

export type KitParts = { sys: System; places: Places; images: Images }

export function openKit(_parts: KitParts): Kit {
  const later = (): never => {
    throw new CodedError('not-yet', { key: 'kit' })
  }
  return {
    show: later,
    make: later,
    verify: later,
    interfaces: later,
    serve: later,
    serving: () => null,
    stop: () => Promise.resolve(false),
    profileFor: later,
    load: later,
  }
}
