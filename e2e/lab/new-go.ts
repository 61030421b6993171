import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from './cache.ts'
import { NEW_GO } from './images/recipe.ts'
import { fillLayer } from './images/trees.ts'

/** A Go as the newest one that the lab has, without its library; answers the program's path. */
export async function newGo(): Promise<string> {
  const folder = await cached(`go-${NEW_GO.version}`, async (into) => {
    const work = join(into, 'work')
    await mkdir(work)
    await fillLayer('go-new', into, work)
    await rm(work, { recursive: true })
  })
  // Other users run it as well; what is built in a temporary folder is closed to them.
  await chmod(folder, 0o755)
  return join(folder, 'usr/local/go/bin/go')
}
