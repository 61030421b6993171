import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LineChannel } from '../core/elevation.ts'
import { CodedError } from '../core/errors.ts'
import { lineChannel } from './lines.ts'

/**
 * A channel to a helper that is started by a way which passes no standard input on (UAC, macOS' prompt). We listen at a
 * name that nobody can guess, in a folder that only this account may enter (a pipe, on Windows), and each end proves
 * that it knows the secret before anything else is said. The secret itself never crosses the channel.
 */
export type Rendezvous = {
  address: string
  secret: string
  /** The helper's channel; null: nobody came before the signal. Answers once. */
  met(signal: AbortSignal): Promise<LineChannel | null>
  close(): Promise<void>
}

/** Listens for one helper. `folder`: where the socket is made, besides Windows. */
export async function openRendezvous(folder: string = tmpdir()): Promise<Rendezvous> {
  const secret = randomBytes(32).toString('hex')
  const own = process.platform === 'win32' ? null : await mkdtemp(join(folder, 'goready-'))
  if (own !== null) await chmod(own, 0o700)
  const address = own === null ? `\\\\.\\pipe\\goready-${randomBytes(16).toString('hex')}` : join(own, 'channel')
  const server = createServer()
  const found = first(server, secret)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, resolve)
  })
  return {
    address,
    secret,
    met: (signal) => {
      const never = new Promise<null>((resolve) => {
        signal.addEventListener('abort', () => resolve(null), { once: true })
      })
      return signal.aborted ? Promise.resolve(null) : Promise.race([found, never])
    },
    async close() {
      server.close()
      if (own !== null) await rm(own, { recursive: true, force: true })
    },
  }
}

/** The first that knows the secret; everybody else is hung up on. */
function first(server: Server, secret: string): Promise<LineChannel> {
  return new Promise((resolve) => {
    server.on('connection', (socket) => {
      const channel = overSocket(socket)
      void prove(channel, 'client', secret).then(
        (known) => (known ? resolve(channel) : channel.close()),
        () => channel.close(),
      )
    })
  })
}

/** The helper's end. Throws `bad-request` where the other one does not know the secret, Node's errors where nobody listens. */
export async function joinRendezvous(address: string, secret: string): Promise<LineChannel> {
  const socket = connect(address)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const channel = overSocket(socket)
  if (await prove(channel, 'helper', secret)) return channel
  channel.close()
  throw new CodedError('bad-request', {}, 'the other end does not know the secret')
}

const overSocket = (socket: Socket): LineChannel => lineChannel(socket, socket, () => socket.destroy())

/** Says what only we can say, and hears what only the other end can. */
async function prove(channel: LineChannel, role: 'client' | 'helper', secret: string): Promise<boolean> {
  channel.send(word(role, secret))
  const heard = Buffer.from((await channel.receive()) ?? '')
  const expected = Buffer.from(word(role === 'client' ? 'helper' : 'client', secret))
  return heard.length === expected.length && timingSafeEqual(heard, expected)
}

const word = (role: string, secret: string): string => createHash('sha256').update(`${role} ${secret}`).digest('hex')
