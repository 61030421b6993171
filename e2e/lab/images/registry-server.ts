import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Server, serve, until } from '../process.ts'

/**
 * Starts Debian's docker-registry on a Unix socket (so no port can be taken meanwhile); its files lie in `store`.
 * A store that several labs share is served read only.
 */
export async function startRegistry(
  folder: string,
  store: string,
  readonly: boolean,
): Promise<{ server: Server; socket: string }> {
  const socket = join(folder, 'registry.sock')
  const config = join(folder, 'registry.yml')
  const log = join(folder, 'registry.log')
  const settings = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: store },
      cache: { blobdescriptor: 'inmemory' },
      maintenance: { readonly: { enabled: readonly }, uploadpurging: { enabled: false } },
    },
    http: { net: 'unix', addr: socket, secret: 'lab' },
  }
  // JSON is YAML.
  await writeFile(config, JSON.stringify(settings))
  const server = await serve('docker-registry', ['docker-registry', 'serve', config], log)
  try {
    await until(server, log, async () => existsSync(socket))
  } catch (error) {
    await server.stop()
    throw error
  }
  return { server, socket }
}
