import type { Fleet } from './fleet.ts'
import { STUDENT } from './layer.ts'
import { complaints, lesson, walk, writeRoom } from './room.ts'
import type { LabSeat } from './seat.ts'

/** A way to set a room up: the profile on every seat, applied, and the seat checked. */
export type Way = {
  name: string
  /** What is not to be counted. */
  prepare(fleet: Fleet): Promise<void>
  /** Throws where a seat is not well. */
  run(fleet: Fleet): Promise<void>
}

/** What somebody would write down who has ssh and a list of addresses. */
const ONE = `set -e
scp -q /root/profile.goready.yml "$1:"
ssh "$1" goready apply --profile profile.goready.yml --yes --json >/dev/null
ssh "$1" goready check --json >/dev/null
`
const SCRIPT = '/root/one-seat.sh'

const places = ({ seats }: Fleet): string => seats.map(({ address }) => `${STUDENT.name}@${address}`).join(' ')

const byShell = (name: string, script: string): Way => ({
  name,
  async prepare(fleet) {
    await fleet.teacher.write('/root/profile.goready.yml', lesson(fleet))
    await fleet.teacher.write(SCRIPT, ONE)
  },
  async run(fleet) {
    await fleet.teacher.must(['sh', '-euc', script, 'sh', places(fleet)], { timeout: 3_600_000 })
  },
})

const byRoom = (name: string, forks: number, waves: string): Way => ({
  name,
  async prepare(fleet) {
    const said = await writeRoom(fleet, '--forks', String(forks), '--waves', waves)
    if (said.code !== 0) throw new Error(said.stderr)
  },
  async run(fleet) {
    const { result } = await walk(fleet, 'run')
    const wrong = complaints(result.seats)
    if (Object.keys(wrong).length > 0) throw new Error(JSON.stringify(wrong))
  },
})

/** The peers first. `forks`: seats at the same time. */
export const ways = (forks: number): readonly Way[] => [
  byShell('a loop over ssh', `for seat in $1; do sh ${SCRIPT} "$seat"; done`),
  byShell(`xargs -P ${forks}`, `echo $1 | xargs -n 1 -P ${forks} sh ${SCRIPT}`),
  byRoom('GoReady, one wave', forks, '100%'),
  byRoom('GoReady, in waves', forks, '1,10%,50%,100%'),
]

/** The seat as nobody has touched it. */
export async function renew(seat: LabSeat): Promise<void> {
  const script = 'rm -rf "$1" && cp -a /etc/skel "$1" && chown -R "$2:$2" "$1"'
  await seat.must(['sh', '-euc', script, 'sh', STUDENT.home, String(STUDENT.id)])
}
