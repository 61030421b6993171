import { chmod, copyFile, mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { claim, PREFIX } from '../lab/abandoned.ts'
import { makeBridge, removeBridge } from '../lab/bridge.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { leftovers, sweep } from '../lab/leftovers.ts'
import { newGo } from '../lab/new-go.ts'
import { must } from '../lab/process.ts'
import { useMirrors } from '../docker-helpers.ts'
import { atOnce } from '../doctor/pool.ts'
import { type Locked, makeKey, makeLayer, shown } from './layer.ts'
import { type LabSeat, startSeat } from './seat.ts'

/** A room: the lab's servers, a teacher's machine and the seats, all on one cable. */
export type Fleet = {
  lab: Lab
  /** Where the room's commands run: its root may log in at every seat. */
  teacher: LabSeat
  seats: readonly LabSeat[]
  dir: string
  /** Everything that is still there; empty after `stop`. */
  leftovers(): Promise<readonly string[]>
  /** Takes everything down; may be called twice. */
  stop(): Promise<void>
}

/** `image`: what the seats' engine has already; `locked`: keeps builds away while the program is copied. */
export type FleetOptions = { seats: number; image?: string; locked?: Locked }

/** Seats that are started at the same time. */
const AT_ONCE = 8

/**
 * Builds a room. What a killed run left is removed by the next lab's start: its processes die with it, and the folder
 * and the bridge bear an owner's mark (lab/abandoned.ts).
 */
export async function openFleet({ seats: count, image, locked }: FleetOptions): Promise<Fleet> {
  const undo: (() => Promise<unknown>)[] = []
  let stopped: Promise<void> | null = null
  const takeDown = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  const stop = (): Promise<void> => (stopped ??= takeDown())
  try {
    const lab = await startLab()
    undo.push(() => lab.stop())
    const [go] = await Promise.all([newGo(), prepareEngine(lab, image)])
    const bridge = await makeBridge()
    undo.push(() => removeBridge(bridge.name))
    const dir = await mkdtemp(join(tmpdir(), PREFIX))
    const traces = { dir, bridge: bridge.name }
    undo.push(() => sweep(traces))
    await claim(dir, bridge.name)
    await chmod(dir, 0o755)
    // What seats write: overlay does not take every file system for that.
    const disk = join(dir, 'disk')
    await mkdir(disk)
    await must(['mount', '-t', 'tmpfs', '-o', 'mode=755', 'goready-fleet', disk])
    const [layer, key] = [join(disk, 'layer'), join(disk, 'key')]
    await makeLayer(layer, lab, await makeKey(key, 'teacher'), locked)
    const started: LabSeat[] = []
    undo.push(() => Promise.all(started.map((seat) => seat.stop())))
    const names = ['teacher', ...Array.from({ length: count }, (_, at) => `seat-${String(at + 1).padStart(2, '0')}`)]
    await atOnce(AT_ONCE, [...names.entries()], async ([at, name]) => {
      const folder = join(disk, name)
      const [address, port] = [bridge.address.replace(/\d+$/, String(10 + at)), `${bridge.name}s${at}`]
      const common = { layer, bridge: bridge.name, gateway: bridge.address, shown: shown(lab, go) }
      started.push(await startSeat({ name, folder, address, port, ...common }))
    })
    const [teacher, ...seats] = started.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    if (teacher === undefined) throw new Error('no teacher')
    await introduce(teacher, seats, key)
    return { lab, teacher, seats, dir, stop, leftovers: () => leftovers(traces) }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

/** The room's mirror of Docker Hub, and in the engine that serves all seats the lesson's image. */
async function prepareEngine(lab: Lab, image: string | undefined): Promise<void> {
  const mirror = new URL(lab.registry.httpsUrl)
  const trust = join(dirname(lab.daemonJson), 'certs.d', mirror.host)
  await mkdir(trust, { recursive: true })
  await copyFile(lab.ca, join(trust, 'ca.crt'))
  await useMirrors(lab, [mirror.origin])
  if (image !== undefined) await lab.docker('pull', image)
}

/** The teacher's key and whom it knows, as root's own settings of ssh there. */
async function introduce(teacher: LabSeat, seats: readonly LabSeat[], key: string): Promise<void> {
  await teacher.write('/root/.ssh/id_ed25519', await readFile(key, 'utf8'), 0o600)
  await teacher.write('/root/.ssh/known_hosts', `${seats.map(({ known }) => known).join('\n')}\n`)
}
