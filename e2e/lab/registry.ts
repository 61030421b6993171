import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import type { Faults } from './faults.ts'
import { type Access, startFront } from './front.ts'
import { startRegistry } from './images/registry-server.ts'

/** A registry that holds `library/golang`, to be used as a mirror of Docker Hub. */
export type Registry = {
  /** Plain HTTP on loopback, which dockerd accepts without further settings. */
  url: string
  /** HTTPS on the bridge's address: an engine has to know the lab's authority (certs.d). */
  httpsUrl: string
  faults: Faults
  log(): readonly Access[]
  /** Body bytes sent so far, of all answers. */
  bytes(): number
  stop(): Promise<void>
}

/** Starts the registry over a store that is only read; it listens on 127.0.0.1 and on the bridge's address. */
export async function serveRegistry(
  dir: string,
  store: string,
  address: string,
  certificates: Certificates,
): Promise<Registry> {
  const { server, socket } = await startRegistry(dir, store, true)
  try {
    const front = await startFront(socket, ['127.0.0.1', address], certificates, join(dir, 'registry-access.jsonl'))
    return {
      url: `http://127.0.0.1:${front.port}`,
      httpsUrl: `https://${address}:${front.tlsPort}`,
      faults: front.faults,
      log: front.log,
      bytes: front.bytes,
      async stop() {
        await front.close()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}
