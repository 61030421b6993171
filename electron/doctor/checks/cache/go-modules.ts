import { folderOf, under } from '../../../core/paths.ts'
import type { Reader } from '../../../core/system.ts'

/** One module version in Go's cache. */
export type CachedModule = {
  path: string
  version: string
  /** `path@version` as file names have it, with `!` before what was a capital. */
  escaped: string
  /** Where it was unpacked; maybe nothing is there. */
  dir: string
  /** The downloaded files without their ending: `.zip`, `.ziphash`, `.mod`, `.info`. */
  base: string
  zip: { size: number; mtimeMs: number }
  /** Its unpacking never ended: go does it again. */
  partial: boolean
}

/** What lies in a module cache. `leftovers`: what a broken-off download or unpacking has left there. */
export type GoCache = { folder: string; modules: readonly CachedModule[]; leftovers: readonly string[] }

/** Lists a module cache (GOMODCACHE), the newest download first. Reads no content. */
export async function listModules(sys: Reader, folder: string, signal: AbortSignal): Promise<GoCache> {
  const download = under(folder, 'cache', 'download')
  const modules: CachedModule[] = []
  const leftovers: string[] = []
  const names = (path: string): Promise<readonly string[]> => sys.list(path).catch(() => [])
  const visit = async (at: string, escaped: string): Promise<void> => {
    signal.throwIfAborted()
    await Promise.all(
      (await names(at)).map(async (name) => {
        // The checksum database's own tiles are no modules.
        if (escaped === '' && name === 'sumdb') return
        const path = under(at, name)
        // A link may lead in a circle, or to all of the disk; go makes none.
        if ((await sys.lstat(path).catch(() => null))?.kind !== 'dir') return
        if (name !== '@v') return visit(path, escaped === '' ? name : `${escaped}/${name}`)
        const files = await names(path)
        leftovers.push(...files.filter((file) => /\.tmp$|\.zip\d+$/.test(file)).map((file) => under(path, file)))
        await Promise.all(
          files
            .filter((file) => file.endsWith('.zip'))
            .map(async (file) => {
              const one = file.slice(0, -'.zip'.length)
              const base = under(path, one)
              const stat = await sys.lstat(`${base}.zip`).catch(() => null)
              if (stat?.kind !== 'file') return
              modules.push({
                path: unescape(escaped),
                version: unescape(one),
                escaped: `${escaped}@${one}`,
                dir: `${under(folder, ...escaped.split('/'))}@${one}`,
                base,
                zip: { size: stat.size, mtimeMs: stat.mtimeMs },
                partial: files.includes(`${one}.partial`),
              })
            }),
        )
      }),
    )
  }
  await visit(download, '')
  const parents = new Set(modules.map(({ dir }) => folderOf(dir)))
  for (const parent of parents)
    leftovers.push(
      ...(await names(parent)).filter((name) => /@.*\.tmp-\d+$/.test(name)).map((name) => under(parent, name)),
    )
  return { folder, modules: modules.toSorted((a, b) => b.zip.mtimeMs - a.zip.mtimeMs), leftovers }
}

/** golang.org/x/mod module.EscapePath, backwards. */
const unescape = (text: string): string => text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
