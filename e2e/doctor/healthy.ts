import type { Field } from './field.ts'
import { type Checked, checkCalmly, openGround } from './ground.ts'
import { emptyMachine, type Trait, writeMachine } from './machine.ts'
import { hung } from './matrix.ts'
import { randomFrom, shuffled } from './random.ts'
import { unsaidOf } from './sayings.ts'
import type { Servers } from './servers.ts'
import { TRAITS } from './traits.ts'

const COUNT = 20
const HOMES = ['home', '陈杰 的家', 'jie.chen', "o'brien"]

/** A machine that is well: what it has, one trait of each list. */
export type Variant = { name: string; home: string; alone: boolean; traits: readonly Trait[] }

/** Twenty machines; every trait is on one of them at least, together with others that are drawn. */
export function variants(seed: number): readonly Variant[] {
  const random = randomFrom(seed)
  const columns = TRAITS.map((list) => drawn(list, random))
  const homes = drawn(HOMES, random)
  return Array.from({ length: COUNT }, (_, at) => {
    const traits = columns.flatMap((column) => column[at] ?? [])
    const named = traits.map(({ name }) => name).filter((name) => name !== '')
    const home = homes[at] ?? 'home'
    return { name: [home, ...named].join(' + '), home, alone: traits.some(({ alone }) => alone === true), traits }
  })
}

/** `COUNT` of a list: the whole list in a drawn order, again and again. */
function drawn<T>(list: readonly T[], random: () => number): readonly T[] {
  const all: T[] = []
  while (all.length < COUNT) all.push(...shuffled(list, random))
  return all.slice(0, COUNT)
}

/** What the check-up says of it, which should be nothing. */
export async function lookAtVariant(
  field: Field,
  servers: Servers,
  { name, home, alone, traits }: Variant,
): Promise<readonly string[]> {
  const { ground, close } = await openGround(field, { alone, name: home })
  try {
    const machine = emptyMachine(field, servers, ground)
    for (const trait of traits) await trait.change(machine)
    await writeMachine(machine)
    return alarmsOf(await checkCalmly(field, ground)).map((one) => `${name}: ${one}`)
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.stack : String(error)}`]
  } finally {
    await close()
  }
}

const alarmsOf = (checked: Checked): readonly string[] => [
  ...checked.checkUp.findings.map(
    ({ code, severity, subject, values, evidence }) =>
      `${severity} ${code} ${subject} ${JSON.stringify(values)} ${evidence.join(' | ')}`,
  ),
  ...hung({}, checked),
  ...(checked.stderr === '' ? [] : [`it said ${checked.stderr}`]),
  ...unsaidOf(checked.checkUp),
  ...(checked.code === 0 ? [] : [`the exit status is ${checked.code}`]),
]
