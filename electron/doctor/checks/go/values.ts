import type { Edit } from '../../../contract/plan.ts'
import type { WhyLayer } from '../../../contract/why.ts'
import { goBelow } from '../../../settings/why/go-below.ts'
import { played } from '../../../settings/why/look.ts'
import { explain } from '../../../settings/why/why.ts'
import type { DoctorContext } from '../../check.ts'
import { firstGo } from './first-go.ts'

/** One place that gives a variable of Go a value: a line of a file, the environment, the registry, Go itself. */
export type Place = {
  kind: WhyLayer['kind']
  /** Without passwords, and without a carriage return at its end, which is a fault of its own. null: not known. */
  value: string | null
  /** As a person finds it: `FILE:LINE`, `environment`. */
  where: string
  /** Whether it counts in any kind of program. */
  wins: boolean
  /** What takes it away; null: that has to be done by hand. */
  removal: readonly Edit[] | null
}

/** What one kind of program gets. `value` null: nothing is set, or it is not known. */
export type Outcome = { context: string; value: string | null; place: Place | null }

export type GoValue = {
  name: string
  /** Every place that somebody wrote, the GOENV file's among them. */
  places: readonly Place[]
  outcomes: readonly Outcome[]
}

/** Milliseconds for go's own defaults: a busy machine must not keep files from being judged. */
const PATIENCE = 3000

/** Everything that sets a variable of Go, and what counts in each kind of program. Only reads files. */
export async function goValue(context: DoctorContext, name: string): Promise<GoValue> {
  const { sys, places, facts } = context
  const [startups, go] = await Promise.all([facts.startups(), firstGo(context, PATIENCE)])
  const { why, removals } = await played(sys, startups.world, () =>
    explain({
      name,
      facts: startups,
      image: null,
      below: (ask) => goBelow(name, ask, go, startups.world, places),
      emptyHides: false,
      findings: [],
      programs: [],
    }),
  )
  const known = new Map(
    why.layers.map((layer): [string, Place] => {
      const removal = layer.removals.find(({ kind }) => kind === 'remove')
      return [
        layer.id,
        {
          kind: layer.kind,
          value: plain(layer.value),
          where: layer.line === null ? layer.from : `${layer.from}:${layer.line}`,
          wins: why.contexts.some(({ winner }) => winner === layer.id),
          removal: removal === undefined ? null : (removals.get(removal.id)?.edits ?? null),
        },
      ]
    }),
  )
  return {
    name,
    places: [...known.values()].filter(({ kind }) => kind !== 'default' && kind !== 'goroot'),
    outcomes: why.contexts.map(({ id, value, winner }) => ({
      context: id,
      value: plain(value),
      place: winner === null ? null : (known.get(winner) ?? null),
    })),
  }
}

const plain = (value: string | null): string | null => value?.replace(/\r$/, '') ?? null

/** Places whose value is wrong. An environment that holds what a file sets came from that file. */
export function placesWhere(value: GoValue, isWrong: (value: string) => boolean): readonly Place[] {
  const wrong = value.places.filter((one) => one.value !== null && one.value !== '' && isWrong(one.value))
  return wrong.filter(
    ({ kind, value: own }) =>
      kind !== 'environment' || !wrong.some((other) => other.kind !== 'environment' && other.value === own),
  )
}

/** The values of a variable that count somewhere, each once. */
export const counting = (value: GoValue): readonly string[] => [
  ...new Set(value.outcomes.flatMap((one) => (one.value === null || one.value === '' ? [] : [one.value]))),
]
