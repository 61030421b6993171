import { z } from 'zod'
import { raceResultSchema, type TargetId } from '../../contract/mirror.ts'
import { imageSchema } from '../../contract/profile.ts'
import { LIMITS } from '../../mirrors/race/limits.ts'
import { badValue } from '../args.ts'
import { type Context, EXIT, follow } from '../command.ts'
import { showResult } from '../race-view.ts'
import { sizeText } from '../text.ts'

/** `mirrors race --target T`: measures, checks and ranks. Status 1 when there is nothing that could be used. */
export async function race(context: Context, target: TargetId): Promise<number> {
  const { args, output, engine } = context
  if (args.image !== null && !imageSchema.safeParse(args.image).success) throw badValue('--image', args.image)
  const seconds = LIMITS.ms / 1000
  output.line(output.text.say('mirror:race.limits', { target, seconds, size: sizeText(LIMITS.bytes) }))
  const ended = await follow(context, () => engine.startRace([target], { image: args.image }))
  const results = z.array(raceResultSchema).parse(ended)
  for (const result of results) showResult(result, output)
  const usable = results.every(({ entries }) => entries.some(({ state }) => state === 'ranked'))
  return usable ? EXIT.done : EXIT.failed
}
