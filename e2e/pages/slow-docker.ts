import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'

export type SlowDocker = {
  /** Pulls that were begun, and those whose caller hung up. */
  begun: number
  ended: number
  /** Lets every pull under way end well. */
  finish(): void
  close(): void
}

/** An engine on the socket below `root` that begins to pull and then waits. */
export async function slowDocker(root: string): Promise<SlowDocker> {
  const socket = join(root, 'var', 'run', 'docker.sock')
  mkdirSync(dirname(socket), { recursive: true })
  const endings: (() => void)[] = []
  let pulled = false
  const answers: Readonly<Record<string, unknown>> = {
    '/info': { ServerVersion: '28.0', OSType: 'linux', Architecture: 'x86_64', Driver: 'overlay2', DriverStatus: [] },
    '/version': { Version: '28.0', ApiVersion: '1.43' },
  }
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*/, '')
    response.setHeader('Api-Version', '1.43')
    if (path === '/_ping') return response.end('OK')
    if (path === '/images/create') {
      state.begun += 1
      response.write('{"status":"Pulling fs layer","progressDetail":{},"id":"0123456789ab"}\r\n')
      response.write('{"status":"Downloading","progressDetail":{"current":30,"total":100},"id":"0123456789ab"}\r\n')
      response.on('close', () => {
        state.ended += 1
      })
      endings.push(() => {
        pulled = true
        response.end('{"status":"Status: Downloaded newer image for golang:1.26"}\r\n')
      })
      return
    }
    if (pulled && path.startsWith('/images/'))
      return response.end(
        JSON.stringify({
          Id: `sha256:${'a'.repeat(64)}`,
          Os: 'linux',
          Architecture: 'amd64',
          Size: 1,
          Config: {},
          RepoDigests: [],
          Created: '',
        }),
      )
    const answer = answers[path]
    response.statusCode = answer === undefined ? 404 : 200
    return response.end(JSON.stringify(answer ?? { message: 'No such image' }))
  })
  const state: SlowDocker = {
    begun: 0,
    ended: 0,
    finish() {
      for (const end of endings.splice(0)) end()
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return state
}
