import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificates } from '../lab/certificates.ts'
import { ANCHOR, STUDENT } from './layer.ts'
import type { LabSeat } from './seat.ts'

/** A way in which a seat is broken, really, and is repaired as somebody would who walks up to it. */
export type Break = { name: string; plant(seat: LabSeat): Promise<void>; repair(seat: LabSeat): Promise<void> }

const sh = (seat: LabSeat, script: string, ...args: string[]): Promise<string> =>
  seat.must(['sh', '-euc', script, 'sh', ...args])

const FILLER = `${STUDENT.home}/lecture.iso`

/** The home is a file system of its own without a free byte. */
export const fullHome: Break = {
  name: 'a full home',
  async plant(seat) {
    const script = `cp -a "$1" /tmp/home
mount -t tmpfs -o "size=4m,mode=755,uid=$2,gid=$2" home "$1"
cp -a /tmp/home/. "$1"
rm -r /tmp/home
dd if=/dev/zero of="$3" bs=64k 2>/dev/null || true
test "$(df --output=avail "$1" | tail -1)" -eq 0`
    await sh(seat, script, STUDENT.home, String(STUDENT.id), FILLER)
  },
  async repair(seat) {
    await seat.must(['rm', FILLER])
    await seat.must(['mount', '-o', 'remount,size=16g', STUDENT.home])
  },
}

/** Nobody takes logins. */
export const deadSshd: Break = {
  name: 'a dead sshd',
  plant: async (seat) => void (await sh(seat, 'kill "$(cat /run/sshd.pid)"')),
  repair: async (seat) => void (await seat.must(['/usr/sbin/sshd'])),
}

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt'
/** Not beside it: Go believes every file in there. */
const KEPT = '/root/kept'

/** In the place of the room's authority the seat has another one of the same name. */
export const wrongAuthority: Break = {
  name: 'a wrong authority',
  async plant(seat) {
    const folder = await mkdtemp(join(tmpdir(), 'goready-fleet-'))
    try {
      const { ca } = await makeCertificates(join(folder, 'tls'), ['DNS:localhost'])
      const own = await seat.must(['cat', BUNDLE])
      const others = String(own.lastIndexOf('-----BEGIN CERTIFICATE-----'))
      const script = `mkdir "$3"
mv "$1" "$3/bundle"
mv "$2" "$3/anchor"
printf %s "$5" >"$2"
head -c "$4" "$3/bundle" | cat - "$2" >"$1"`
      await sh(seat, script, BUNDLE, ANCHOR, KEPT, others, await readFile(ca, 'utf8'))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  async repair(seat) {
    await sh(seat, 'mv "$3/bundle" "$1"; mv "$3/anchor" "$2"; rmdir "$3"', BUNDLE, ANCHOR, KEPT)
  },
}
