import { writeFileSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TargetId } from '../../electron/contract/mirror.ts'
import { makeCertificates } from './certificates.ts'
import { type Front, startFront } from './front.ts'
import type { Lab } from './lab.ts'

/** Bytes a second of the slow ones, far behind everybody else. */
const SLOW = 60_000

/** More ways to the lab's own servers, each with a fault of its own. */
export type Sources = {
  go: Readonly<Record<'slow' | 'stale' | 'portal' | 'stalled', string>>
  docker: Readonly<Record<'slow' | 'denied', string>>
  /** For `--catalogue`: all of them and the lab's good ones, the good ones last. */
  catalogue: string
  close(): Promise<void>
}

/** Starts the fronts. The good ones are the lab's own: `lab.goproxy.url`, `lab.registry.url`. */
export async function startSources(lab: Lab): Promise<Sources> {
  const folder = join(lab.dir, 'sources')
  await mkdir(folder)
  const certificates = await makeCertificates(join(folder, 'tls'), ['IP:127.0.0.1'])
  const fronts: Front[] = []
  const front = async (server: 'goproxy' | 'registry', name: string, break_: (front: Front) => void) => {
    const started = await startFront({
      socket: join(lab.dir, `${server}.sock`),
      // The Go ones are asked out of containers as well.
      addresses: server === 'goproxy' ? ['127.0.0.1', lab.bridge.address] : ['127.0.0.1'],
      certificates,
      logFile: join(folder, `${server}-${name}.jsonl`),
      hidden: '/-/',
    })
    fronts.push(started)
    break_(started)
    return `http://${server === 'goproxy' ? lab.bridge.address : '127.0.0.1'}:${started.port}`
  }
  const go = {
    slow: await front('goproxy', 'slow', ({ faults }) => faults.throttle(SLOW)),
    stale: await front('goproxy', 'stale', ({ faults }) => {
      faults.status(200, '', /toml\/@v\/list$/)
      faults.status(200, '{"Version":"v1.1.0","Time":"2022-05-01T00:00:00Z"}', /toml\/@latest$/)
    }),
    portal: await front('goproxy', 'portal', ({ faults }) => faults.status(200, '<html><body>Log in</body></html>')),
    stalled: await front('goproxy', 'stalled', ({ faults }) => faults.stall(0)),
  }
  const docker = {
    slow: await front('registry', 'slow', ({ faults }) => faults.throttle(SLOW)),
    denied: await front('registry', 'denied', ({ faults }) => faults.status(403, 'not on the list\n')),
  }
  const catalogue = join(folder, 'catalogue.json')
  const mirrors = [
    ...Object.entries(go).map(([name, url]) => mirror('go', name, url)),
    mirror('go', 'good', lab.goproxy.url),
    ...Object.entries(docker).map(([name, url]) => mirror('docker', name, url)),
    mirror('docker', 'good', lab.registry.url),
  ]
  const known: object = JSON.parse(await readFile(lab.catalogue, 'utf8'))
  writeFileSync(catalogue, JSON.stringify({ ...known, mirrors }))
  return {
    go,
    docker,
    catalogue,
    async close() {
      for (const one of fronts) {
        one.faults.clear()
        await one.close()
      }
    },
  }
}

const NAMES: Readonly<Record<string, string>> = {
  slow: '慢速站',
  stale: '旧版站',
  portal: '登录页站',
  stalled: '卡住的站',
  denied: '拒绝站',
  good: '好用站',
}

const mirror = (target: TargetId, name: string, url: string) => ({
  id: `${target}-${name}`,
  target,
  name: { zh: NAMES[name] ?? name, en: `The ${name} one` },
  url,
  status: 'alive',
  source: 'test',
  date: '2026-11',
})
