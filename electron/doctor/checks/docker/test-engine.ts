import { createServer } from 'node:http'
import { chmod, rm } from 'node:fs/promises'

/** What a double of an engine answers, by path without the version. A number is a status. */
export type Answers = Readonly<Record<string, unknown>>

/** Listens on a unix socket as an engine would. Answers how it stops. */
export async function startEngine(socket: string, answers: Answers = {}): Promise<() => Promise<void>> {
  const all: Answers = { ...WELL, ...answers }
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v\d+\.\d+/, '').replace(/\?.*$/, '')
    const answer = all[path] ?? (/^\/images\/.+\/json$/.test(path) ? 404 : undefined)
    const version = all['/version']
    const api =
      typeof version === 'object' && version !== null && 'ApiVersion' in version ? String(version.ApiVersion) : '1.41'
    response.setHeader('Api-Version', api)
    response.setHeader('Content-Type', 'application/json')
    response.statusCode = typeof answer === 'number' ? answer : answer === undefined ? 404 : 200
    response.end(JSON.stringify(response.statusCode === 200 ? answer : { message: `no ${path}` }))
  })
  await rm(socket, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject)
    server.listen(socket, resolve)
  })
  await chmod(socket, 0o660)
  return async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

/** An engine of Docker's own, as it says of itself. */
export const WELL: Answers = {
  '/_ping': 'OK',
  '/version': { Version: '27.3.1', ApiVersion: '1.47', MinAPIVersion: '1.24', Platform: { Name: 'Docker Engine' } },
  '/info': {
    ...{ ServerVersion: '27.3.1', OperatingSystem: 'Debian GNU/Linux 12', OSType: 'linux', Architecture: 'x86_64' },
    ...{ Name: 'seat', Driver: 'overlay2', DriverStatus: [], SecurityOptions: [], DockerRootDir: '/var/lib/docker' },
    RegistryConfig: { Mirrors: [] },
  },
  '/images/json': [],
}

/** `/info` of an engine that is well in all but `changes`. */
export const info = (changes: Readonly<Record<string, unknown>>): Answers => ({
  '/info': Object.assign({}, WELL['/info'], changes),
})
