import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { Certificates } from '../lab/certificates.ts'
import { metricsSchema, type ReceivedMetric, type ReceivedSpan, tracesSchema } from './otlp-shape.ts'

/** How a collector behaves: what it answers to its first requests; `hang`: nothing at all. Then it takes everything. */
export type Manner = { first?: readonly number[]; headers?: Record<string, string>; hang?: boolean }

/**
 * A collector: takes what is a valid OTLP request by the letter of the protocol and nothing else. What was wrong stands
 * in `problems`.
 */
export async function startReceiver(manner: Manner = {}, certificates: Certificates | null = null) {
  const spans: ReceivedSpan[] = []
  const metrics: ReceivedMetric[] = []
  const problems: string[] = []
  const raw: string[] = []
  const statuses = [...(manner.first ?? [])]
  let connections = 0
  let requests = 0

  const take = (path: string, body: string): void => {
    const document: unknown = JSON.parse(body)
    if (path === '/v1/traces')
      for (const { scopeSpans } of tracesSchema.parse(document).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans))
    else if (path === '/v1/metrics')
      for (const { scopeMetrics } of metricsSchema.parse(document).resourceMetrics)
        metrics.push(...scopeMetrics.flatMap((scope) => scope.metrics))
    else throw new Error(`no such path ${path}`)
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests++
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk)
    raw.push(`${JSON.stringify(request.headers)}\n${body}`)
    if (manner.hang === true) return
    const status = statuses.shift() ?? 200
    if (status === 200)
      try {
        if (request.method !== 'POST') throw new Error(`${request.method}`)
        if (request.headers['content-type'] !== 'application/json') throw new Error('content-type')
        take(request.url ?? '', body)
      } catch (error) {
        problems.push(String(error))
      }
    response.writeHead(status, { 'content-type': 'application/json', ...manner.headers }).end('{"partialSuccess":{}}')
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response)
  const server =
    certificates === null
      ? createServer(handle)
      : createSecure({ cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) }, handle)
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `${certificates === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    spans,
    metrics,
    problems,
    raw,
    connections: () => connections,
    requests: () => requests,
    async stop(): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>
