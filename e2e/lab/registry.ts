import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import type { Faults } from './faults.ts'
import { type Access, startFront } from './front.ts'
import { startRegistry } from './images/registry-server.ts'

/** What can be seen of, and done to, a registry. */
export type Watched = {
  faults: Faults
  log(): readonly Access[]
  /** Body bytes sent so far, of all answers. */
  bytes(): number
}

/** A registry that holds `library/golang`, to be used as a mirror of Docker Hub. */
export type Registry = Watched & {
  /** Plain HTTP on loopback, which dockerd accepts without further settings. */
  url: string
  /** HTTPS on the bridge's address: an engine has to know the lab's authority (certs.d). */
  httpsUrl: string
  /** The same images as Docker Hub itself; null: the Hub is out of reach (connection refused). */
  hub: Watched | null
  stop(): Promise<void>
}

export type RegistryOptions = {
  store: string
  /** The bridge's address. */
  address: string
  certificates: Certificates
  /** The certificate of registry-1.docker.io; null: no Hub. */
  hub: Certificates | null
}

/** Starts the registry over a store that is only read; it listens on 127.0.0.1 and on the bridge's address. */
export async function serveRegistry(dir: string, options: RegistryOptions): Promise<Registry> {
  const { address, certificates } = options
  const { server, socket } = await startRegistry(dir, options.store, true)
  try {
    const front = await startFront({
      socket,
      addresses: ['127.0.0.1', address],
      certificates,
      logFile: join(dir, 'registry-access.jsonl'),
    })
    const hub =
      options.hub === null
        ? null
        : await startFront({
            socket,
            addresses: [address],
            certificates: options.hub,
            logFile: join(dir, 'hub-access.jsonl'),
            tlsPort: 443,
          })
    return {
      url: `http://127.0.0.1:${front.port}`,
      httpsUrl: `https://${address}:${front.tlsPort}`,
      faults: front.faults,
      log: front.log,
      bytes: front.bytes,
      hub,
      async stop() {
        await front.close()
        await hub?.close()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}
