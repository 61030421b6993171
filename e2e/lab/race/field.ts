import { type ChildProcess, spawn } from 'node:child_process'
import type { Server } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificates, makeCertificates } from '../certificates.ts'
import { LabError, must, run } from '../process.ts'
import type { Drawn } from './draw.ts'

const NET = '10.77.0'
const PORT = 443
/** A socket stays in the namespace that it was made in: a short-lived process makes it there and hands it over. */
const LISTEN = `const server = require('node:net').createServer({ pauseOnConnect: true })
server.listen(${PORT}, process.argv[1], 511, () => process.send('listening', server, () => process.exit(0)))`

/** Mirrors in network namespaces of their own, all behind one link to one client. */
export type Field = {
  /** The address of each mirror. */
  addresses: readonly string[]
  servers: readonly Server[]
  known: Certificates
  stranger: Certificates
  /** Gives each mirror's own link its rate. */
  shape(mirrors: readonly Drawn[]): Promise<void>
  /** Starts a program of ours in the client's namespace, with a channel for messages. */
  startClient(argv: readonly [string, ...string[]]): ChildProcess
  /** Ends what it started and removes its namespaces, and no others. */
  close(): Promise<void>
}

/** Builds a field. `link`: bits a second of the link that all share. Needs root, `ip` and `tc`. */
export async function openField(count: number, link: number): Promise<Field> {
  const folder = await mkdtemp(join(tmpdir(), 'goready-race-'))
  const prefix = `goready-race-${process.pid}`
  const [hub, client] = [`${prefix}-hub`, `${prefix}-client`]
  const names = [hub, client, ...Array.from({ length: count }, (_, at) => `${prefix}-m${at}`)]
  const mirrors = names.slice(2)
  const children = new Set<ChildProcess>()
  const servers: Server[] = []
  const close = async (): Promise<void> => {
    for (const server of servers) server.close()
    for (const child of children) child.kill('SIGKILL')
    for (const name of names) await run(['ip', 'netns', 'del', name])
    await rm(folder, { recursive: true, force: true })
  }
  try {
    for (const name of names) await must(['ip', 'netns', 'add', name])
    await inside(hub, 'ip', 'link', 'add', 'name', 'bridge', 'type', 'bridge')
    await inside(hub, 'ip', 'link', 'set', 'dev', 'bridge', 'up')
    await plug(hub, client, 'c', `${NET}.2`)
    // What flows to the client is the shared link.
    await inside(hub, 'tc', 'qdisc', 'add', 'dev', 'c', 'root', 'tbf', ...bucket(link))
    for (const [at, name] of mirrors.entries()) await plug(hub, name, `m${at}`, `${NET}.${10 + at}`)
    const addresses = mirrors.map((_, at) => `${NET}.${10 + at}`)
    for (const [at, name] of mirrors.entries()) servers.push(await listenIn(name, addresses[at] ?? ''))
    const known = await makeCertificates(
      join(folder, 'known'),
      addresses.map((address) => `IP:${address}`),
    )
    const stranger = await makeCertificates(
      join(folder, 'stranger'),
      addresses.map((address) => `IP:${address}`),
    )
    return {
      addresses,
      servers,
      known,
      stranger,
      async shape(drawn) {
        for (const [at, name] of mirrors.entries()) {
          const rate = drawn[at]?.rate ?? link
          await inside(name, 'tc', 'qdisc', 'replace', 'dev', 'eth', 'root', 'tbf', ...bucket(rate))
        }
      },
      startClient(argv) {
        const child = spawn('ip', ['netns', 'exec', client, ...argv], {
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        })
        children.add(child)
        return child
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

const inside = (name: string, ...argv: string[]): Promise<string> => must(['ip', 'netns', 'exec', name, ...argv])

/** A cable from the hub's bridge to a namespace, in which its end is `eth`. */
async function plug(hub: string, name: string, port: string, address: string): Promise<void> {
  await inside(hub, 'ip', 'link', 'add', 'name', port, 'type', 'veth', 'peer', 'name', 'eth', 'netns', name)
  await inside(hub, 'ip', 'link', 'set', 'dev', port, 'master', 'bridge', 'up')
  await inside(name, 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth')
  await inside(name, 'ip', 'link', 'set', 'eth', 'up')
  await inside(name, 'ip', 'link', 'set', 'lo', 'up')
}

/** Token bucket: 10 ms of the rate at once, 40 ms of it in the queue. */
function bucket(rate: number): string[] {
  const burst = Math.max(16_000, Math.round(rate / 8 / 100))
  return ['rate', `${Math.round(rate)}bit`, 'burst', String(burst), 'limit', String(burst + Math.round(rate / 8 / 25))]
}

function listenIn(name: string, address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', LISTEN, address], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.once('message', (_message, handle) => {
      if (handle instanceof Object && 'listening' in handle) resolve(handle as Server)
      else reject(new LabError('race', 'no socket came back'))
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code !== 0) reject(new LabError('race', `no socket in ${name}`))
    })
  })
}
