import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { errno } from '../../electron/core/errors.ts'

/** The checkout: the nearest folder above this file (or its bundle) that holds goready's package.json. */
export function projectRoot(): string {
  const own = fileURLToPath(import.meta.url)
  for (const start of [dirname(own), process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      const file = join(folder, 'package.json')
      if (existsSync(file) && readFileSync(file, 'utf8').includes('"goready"')) return folder
      if (folder === dirname(folder)) break
    }
  }
  throw new Error(`no package.json of goready above ${own}`)
}

/** Where images, downloads and programs of the lab are kept between runs: GOREADY_LAB_CACHE or `.cache/lab`. */
export function cacheFolder(): string {
  const named = process.env.GOREADY_LAB_CACHE
  return named !== undefined && named !== '' ? resolve(named) : join(projectRoot(), '.cache', 'lab')
}

/**
 * The folder `name` in the cache. When it does not exist, `build` fills a temporary folder, which is then renamed:
 * what stands under the name is always complete. A second builder waits for the first one.
 */
export async function cached(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const cache = cacheFolder()
  const target = join(cache, name)
  if (existsSync(target)) return target
  await mkdir(cache, { recursive: true })
  const unlock = await lock(join(cache, `${name}.lock`), () => existsSync(target))
  try {
    if (existsSync(target)) return target
    const temporary = await mkdtemp(join(cache, `.new-${name}-`))
    try {
      await build(temporary)
      await rename(temporary, target)
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      // Somebody without our lock (a cache on a share) was faster; theirs is as good.
      if (!existsSync(target)) throw error
    }
    return target
  } finally {
    await unlock()
  }
}

/** A lock file that holds the owner's process id; one whose owner is gone is taken over. */
async function lock(file: string, needless: () => boolean): Promise<() => Promise<void>> {
  const release = async (): Promise<void> => rm(file, { force: true })
  for (;;) {
    try {
      const handle = await open(file, 'wx')
      await handle.writeFile(String(process.pid))
      await handle.close()
      return release
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error
    }
    if (needless()) return async () => {}
    const owner = Number(await readFile(file, 'utf8').catch(() => ''))
    if (owner > 0 && owner !== process.pid && !alive(owner)) await rm(file, { force: true })
    await sleep(100)
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errno(error) === 'EPERM'
  }
}
