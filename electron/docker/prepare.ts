import type Docker from 'dockerode'
import { containerName, type ContainerSpec, createContainer, removeContainer } from './container.ts'
import { call, type Engine } from './engine.ts'
import { httpStatus } from './errors.ts'
import { tarFolders } from './tar-folders.ts'

/** Where the cache volume is mounted, and its folders. */
export const CACHE = '/goready/cache'
export const CACHE_FOLDERS = ['build', 'mod', 'gopath'] as const

/** One volume a user: what one wrote, another could not. */
export function cacheVolume(uid: number): string {
  return `goready-go-cache-${uid}`
}

/**
 * Makes the cache volume writable for a user and looks which shell the image has. Both happen in a container
 * that is never started, so that the image needs no program for it.
 * Errors: `image-not-found` {image}, `container-failed` {image}, those of `call`.
 */
export async function prepareRun(
  engine: Engine,
  image: string,
  owner: { uid: number; gid: number },
  volume: string,
  signal: AbortSignal,
): Promise<{ shell: '/bin/bash' | '/bin/sh' }> {
  const name = containerName()
  const spec: ContainerSpec = {
    image,
    argv: ['true'],
    env: {},
    workingDir: '/',
    mounts: [{ Type: 'volume', Source: volume, Target: CACHE }],
  }
  try {
    const container = await createContainer(engine, name, spec, signal)
    const archive = tarFolders(CACHE_FOLDERS, owner)
    await call(engine, signal, () => container.putArchive(archive, { path: CACHE }), 30_000)
    const shell = (await hasFile(engine, container, '/bin/bash', signal)) ? '/bin/bash' : '/bin/sh'
    return { shell }
  } finally {
    await removeContainer(engine, name)
  }
}

async function hasFile(
  engine: Engine,
  container: Docker.Container,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  return call(engine, signal, async () => {
    try {
      await container.infoArchive({ path })
      return true
    } catch (error) {
      if (httpStatus(error) === 404) return false
      throw error
    }
  })
}
