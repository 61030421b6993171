import { errno } from '../../electron/core/errors.ts'
import type { Ground } from './fault.ts'
import type { Planted } from './faults/index.ts'
import type { Field } from './field.ts'
import { checkCalmly, look, openGround } from './ground.ts'
import { hung, unnamed } from './matrix.ts'
import { randomFrom } from './random.ts'

export type Pair = readonly [Planted, Planted]

/** `count` pairs of faults of different areas that leave each other alone, drawn without repetition. */
export function drawPairs(faults: readonly Planted[], count: number, seed: number): readonly Pair[] {
  const random = randomFrom(seed)
  const draw = (): Planted | undefined => faults[Math.floor(random() * faults.length)]
  const pairs = new Map<string, Pair>()
  for (let attempt = 0; attempt < count * 50 && pairs.size < count; attempt++) {
    const [one, other] = [draw(), draw()]
    if (one === undefined || other === undefined || !fit(one, other)) continue
    pairs.set([one.name, other.name].toSorted().join('\n'), [one, other])
  }
  return [...pairs.values()]
}

/** Of one area both might write one file; two that change how the command line is started would get in each other's way. */
const fit = (one: Planted, other: Planted): boolean =>
  one.area !== other.area && !(one.whole === true || other.whole === true)

/**
 * Plants two faults on one machine: what is not named of them, or ran too long. null: the second undid the first, which
 * says nothing.
 */
export async function plantBoth(field: Field, pair: Pair): Promise<readonly string[] | null> {
  const name = pair.map((one) => one.name).join(' + ')
  const opened = await openGround(field, { alone: pair.some(({ alone }) => alone === true) })
  const { ground } = opened
  const stalls = pair.some((one) => one.stalls === true)
  const wrong: string[] = []
  let clash = false
  try {
    const looks = [stateOf(ground)]
    for (const { plant } of pair) {
      // The first may have closed the file that the second would break.
      const closed = looks.length === 1 ? null : isClosed
      clash = await plant(ground).then(
        () => false,
        (error: unknown) => {
          if (closed?.(error) !== true) throw error
          return true
        },
      )
      looks.push(stateOf(ground))
    }
    clash ||= undid(looks)
    if (!clash) {
      const checked = await checkCalmly(field, ground, stalls)
      const found = checked.checkUp.findings.map(({ code }) => code).join(' ')
      wrong.push(...unnamed(pair, checked).map((code) => `${code} is not named [found: ${found}]`))
      wrong.push(...hung({ stalls }, checked))
    }
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  await opened.close().catch((error: unknown) => wrong.push(`taking it back: ${String(error)}`))
  return clash && wrong.length === 0 ? null : wrong.map((one) => `${name}: ${one}`)
}

const isClosed = (error: unknown): boolean => ['EPERM', 'EACCES', 'EROFS', 'ENOSPC'].includes(errno(error) ?? '')

type State = Readonly<Record<string, string>>

/** Files and variables, and how the command line is started. */
const stateOf = (ground: Ground): State => ({
  ...look(ground),
  ...Object.fromEntries(Object.entries(ground.env).map(([name, value]) => [`$${name}`, value])),
  ...{ args: ground.args.join('\n'), wrap: ground.wrap.join('\n') },
})

/** Whether the second of two changes has changed what the first one did. */
function undid([well = {}, first = {}, both = {}]: readonly State[]): boolean {
  return [...Object.keys(well), ...Object.keys(first)].some(
    (name) => first[name] !== well[name] && both[name] !== first[name],
  )
}
