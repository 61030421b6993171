import { parseArgs } from 'node:util'
import { type Fleet, openFleet } from './fleet/fleet.ts'
import { renew, type Way, ways } from './fleet/ways.ts'

function options() {
  const { values } = parseArgs({
    options: {
      seats: { type: 'string', default: '30' },
      forks: { type: 'string', default: '20' },
      rounds: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  const whole = (name: 'seats' | 'forks' | 'rounds', most: number): number => {
    const number = Number(values[name])
    if (!Number.isInteger(number) || number < 1 || number > most) throw new Error(`--${name}: 1 to ${most}`)
    return number
  }
  return { seats: whole('seats', 200), forks: whole('forks', 100), rounds: whole('rounds', 20), json: values.json }
}

/** Milliseconds for a room that nobody has touched. */
async function measure(fleet: Fleet, way: Way): Promise<number> {
  for (const seat of fleet.seats) await renew(seat)
  await way.prepare(fleet)
  const started = performance.now()
  await way.run(fleet)
  return performance.now() - started
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0
const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<void> {
  const { seats, forks, rounds, json } = options()
  const fleet = await openFleet({ seats })
  let interrupted = false
  const end = (): void => {
    interrupted = true
    void fleet.stop()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, end)
  try {
    const rows = ways(forks).map((way) => ({ way, ms: new Array<number>() }))
    if (!json) say(`${seats} seats, ${forks} at the same time, ${rounds === 1 ? 'one round' : `${rounds} rounds`}`)
    // Each way in each round: what else the machine does meets them all.
    for (let round = 0; round < rounds; round++) for (const { way, ms } of rows) ms.push(await measure(fleet, way))
    const loop = median(rows[0]?.ms ?? [])
    const told = rows.map(({ way, ms }) => ({
      name: way.name,
      seconds: median(ms) / 1000,
      perSeat: median(ms) / 1000 / seats,
      ratio: median(ms) / loop,
    }))
    if (json) return say(JSON.stringify({ seats, forks, rounds, rows: told }))
    say('way                       s   s per seat   ÷ the loop')
    for (const { name, seconds, perSeat, ratio } of told)
      say(
        `${name.padEnd(18)} ${seconds.toFixed(1).padStart(8)} ${perSeat.toFixed(2).padStart(12)} ${ratio.toFixed(2).padStart(12)}`,
      )
  } catch (error) {
    // What was under way fails when its machines go.
    if (!interrupted) throw error
    process.exitCode = 130
  } finally {
    await fleet.stop()
  }
}

await main()
