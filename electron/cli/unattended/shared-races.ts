import type { RaceResult, TargetId } from '../../contract/mirror.ts'
import type { Profile } from '../../contract/profile.ts'
import { NOT_HANDED } from '../../engine/races.ts'
import type { Context } from '../command.ts'
import type { Answer } from './ask-account.ts'

/** Races that root runs once for all accounts, and only where one of them needs one. */
export type SharedRaces = { results(): readonly RaceResult[]; run(): Promise<void> }

export function sharedRaces(context: Context, profile: Profile): SharedRaces {
  let results: readonly RaceResult[] = []
  let running: Promise<void> | null = null
  const race = async (): Promise<void> => {
    const { engine, output, signal } = context
    const told = (state: 'running' | 'done'): void => output.document({ type: 'step', step: 'race', state })
    const sumdb = profile.sources?.sumdb ?? profile.env?.set?.['GOSUMDB']
    const options = { sumdb: sumdb === undefined || sumdb === 'default' ? null : sumdb }
    told('running')
    output.line(`${output.text.say('step:race')} ${output.text.say('step:state.running')}`)
    // Each account remembers by itself what it was settled by; a plan remembers nothing.
    results = await engine.raceFor(targetsOf(profile), options, signal)
    told('done')
  }
  return {
    results: () => results,
    run: () => (running ??= race()),
  }
}

/** Whether an account could not settle something because no race was run yet. */
export const needsRace = (answer: Answer): boolean =>
  answer.how === 'failed' && answer.error.code === 'source-unreachable' && answer.error.cause === NOT_HANDED

/** What is left to the race in a profile. Pure. */
export function targetsOf({ sources }: Profile): TargetId[] {
  const npm = typeof sources?.npm === 'object' ? sources.npm.default : sources?.npm
  const wanted = { go: sources?.go, npm, pip: sources?.pip }
  return (['go', 'npm', 'pip'] as const).filter((target) => wanted[target] === 'auto')
}
