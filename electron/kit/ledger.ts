import { readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import { KIT_MANIFEST, type KitManifest, kitPathSchema } from '../contract/kit.ts'
import { holds, pathIn, sizeIn, writeBytes, type Written } from './folder.ts'

/** What has been finished so far, so that a later try need not begin anew. Not a part of the kit. */
const LEDGER = 'goready-kit.part.json'
/** Milliseconds between two writes of it. */
const EVERY = 1000

const entrySchema = z.object({
  path: kitPathSchema,
  size: z.number().int().min(0),
  sha256: z.string(),
  /** What the file was made from; another source makes another file. */
  source: z.string(),
})
const ledgerSchema = z.object({ files: z.array(entrySchema) })
type Entry = z.infer<typeof entrySchema>

/** The files of a kit that is being made. */
export type Ledger = {
  /** Whether an earlier try has left the file as `source` makes it; then it is a part of the kit. */
  keep(path: string, source: string, signal: AbortSignal): Promise<boolean>
  add(path: string, written: Written, source: string): Promise<void>
  files(): KitManifest['files']
  /** Bytes that were there already. */
  kept(): number
  save(): Promise<void>
  /** Removes what an earlier kit in this folder had and this one has not. */
  tidy(): Promise<void>
}

/** Opens a folder's own; one that cannot be read is an empty one: then everything is made again. */
export async function openLedger(folder: string): Promise<Ledger> {
  const before = await readEntries(folder)
  const entries = new Map<string, Entry>()
  let [kept, saved] = [0, 0]
  let writing: Promise<unknown> = Promise.resolve()
  const write = (): Promise<unknown> => {
    const files = [...new Map([...before, ...entries]).values()]
    return writeBytes(folder, LEDGER, Buffer.from(JSON.stringify({ files })))
  }
  // One behind the other: packages are fetched side by side, and a slow stick takes longer than the pause.
  const save = async (): Promise<void> => {
    saved = Date.now()
    const mine = writing.then(write)
    writing = mine.catch(() => {})
    await mine
  }
  return {
    async keep(path, source, signal) {
      const entry = before.get(path)
      if (entry?.source !== source || !(await holds(folder, path, entry, signal))) return false
      entries.set(path, entry)
      kept += entry.size
      return true
    },
    async add(path, written, source) {
      entries.set(path, { path, ...written, source })
      if (Date.now() - saved > EVERY) await save()
    },
    files: () => [...entries.values()].map(({ path, size, sha256 }) => ({ path, size, sha256 })),
    kept: () => kept,
    save,
    async tidy() {
      // The folder may have come from a stranger: nothing is removed through a link.
      for (const path of before.keys())
        if (!entries.has(path) && path !== KIT_MANIFEST && (await sizeIn(folder, path).catch(() => null)) !== null)
          await rm(pathIn(folder, path), { force: true })
      before.clear()
      await save()
    },
  }
}

async function readEntries(folder: string): Promise<Map<string, Entry>> {
  try {
    const { files } = ledgerSchema.parse(JSON.parse(await readFile(pathIn(folder, LEDGER), 'utf8')))
    return new Map(files.map((entry) => [entry.path, entry]))
  } catch {
    return new Map()
  }
}
