import { uptime } from 'node:os'
import type { Profile } from '../../contract/profile.ts'
import type { Context } from '../command.ts'
import { canAsk } from '../question.ts'

/** Seconds after its start in which a machine is still bringing its services up. */
const YOUNG = 600
/** Milliseconds that Docker gets for coming up by itself. */
const PATIENCE = 90_000

/**
 * Whether an engine that does not answer is likely on its way: nobody sits here who would see that it is not, and the
 * machine has just been started (`seconds` ago; null: it is no machine), or a run was cut off, which a restart does. Pure.
 */
export const isOnItsWay = (seconds: number | null, cutOff: boolean, watched: boolean): boolean =>
  !watched && (cutOff || (seconds !== null && seconds < YOUNG))

/** Waits for Docker after a start of the machine, where the profile names an image. Throws the signal's reason. */
export async function awaitDocker(context: Context, profile: Profile, cutOff: boolean): Promise<void> {
  const { args, io, engine, output, signal } = context
  const seconds = engine.places.otherRoot ? null : uptime()
  if (profile.image === undefined || !isOnItsWay(seconds, cutOff, canAsk(io, args.json))) return
  await engine.awaitDocker(PATIENCE, () => output.line(output.text.say('cli:apply.awaitDocker')), signal)
}
