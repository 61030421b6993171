import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { join } from 'node:path'
import type { Lab } from './lab.ts'

export const LOGIN = 'stu.dent'
export const SECRET = 'Xyz-9#secret'

/** Hands requests with the right name and password on to a server of the lab (`behind`), all others get 401. */
export async function guard(lab: Lab, behind: string, tls: boolean): Promise<{ url: string; server: Server }> {
  const wanted = `Basic ${Buffer.from(`${LOGIN}:${SECRET}`).toString('base64')}`
  const answer = (req: IncomingMessage, res: ServerResponse): void => {
    if (req.headers.authorization !== wanted) {
      res.writeHead(401, {
        'www-authenticate': 'Basic realm="room"',
        'docker-distribution-api-version': 'registry/2.0',
      })
      res.end('{"errors":[{"code":"UNAUTHORIZED"}]}')
      return
    }
    const { authorization: _, ...headers } = req.headers
    const onward = request(`${behind}${req.url ?? ''}`, { method: req.method ?? 'GET', headers }, (back) => {
      res.writeHead(back.statusCode ?? 502, back.headers)
      back.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  }
  const folder = join(lab.dir, 'tls')
  const keys = { cert: readFileSync(join(folder, 'server.pem')), key: readFileSync(join(folder, 'server.key')) }
  const server = tls ? createHttps(keys, answer) : createHttp(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, server }
}
