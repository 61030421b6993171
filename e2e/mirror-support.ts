import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MirrorClient, openMirrorHttp } from '../electron/mirrors/http/client.ts'
import type { Adapter, Candidate, Check, Judgement, MirrorHttp } from '../electron/mirrors/race/adapter.ts'
import { OutError } from '../electron/mirrors/race/adapter.ts'

const servers: Server[] = []

/** A server on loopback; its address without a slash at the end. */
export function listen(listener: RequestListener): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer(listener)
    servers.push(server)
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

export function closeAll(): void {
  for (const client of clients.splice(0)) client.close()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
}

export function candidate(id: string, url: string, official = false): Candidate {
  return { id, url, name: { zh: id, en: id }, official, own: false }
}

export type Judged = {
  checks: ReadonlyMap<string, Check>
  /** Of all that are out: by the check or by the judge. */
  reasons: Readonly<Record<string, string>>
  causes: Readonly<Record<string, string>>
  judgement: Judgement
}

/** Checks all candidates and judges them, as the race does. */
export async function checkAll(adapter: Adapter, candidates: readonly Candidate[], http: MirrorHttp): Promise<Judged> {
  const { signal } = new AbortController()
  const checks = new Map<string, Check>()
  const reasons: Record<string, string> = {}
  const causes: Record<string, string> = {}
  await Promise.all(
    candidates.map(async (one) => {
      try {
        checks.set(one.id, await adapter.check(one, http, signal))
      } catch (error) {
        if (!(error instanceof OutError)) throw error
        reasons[one.id] = error.reason
        causes[one.id] = error.message
      }
    }),
  )
  const judgement = await adapter.judge(checks, candidates, http, signal)
  for (const [id, { reason, cause }] of judgement.out) {
    reasons[id] = reason
    causes[id] = cause
  }
  return { checks, reasons, causes, judgement }
}

const clients: MirrorClient[] = []

/** The program's own client, without proxies; `authorities` as PEM, `timeout` in milliseconds for each request. */
export function openHttp(authorities: readonly string[] | null = null, timeout = 4000): MirrorHttp {
  const client = openMirrorHttp({ environment: {}, authorities, timeout })
  clients.push(client)
  return client
}
