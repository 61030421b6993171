import type { z } from 'zod'
import { makePrivateFolder } from '../core/journal.ts'
import { under } from '../core/paths.ts'
import type { System } from '../core/system.ts'

/** One small JSON file in the program's own folder. */
export type StateFile<T> = {
  path: string
  /** null where there is none, or none that we understand. */
  read(): Promise<T | null>
  /** Whole or not at all, readable by its owner alone. Throws Node's system errors. */
  write(value: T): Promise<void>
  remove(): Promise<void>
}

/** `name` in the folder `state`, which is made on the first write. What is read is parsed by `schema`. */
export function stateFile<T>(state: string, name: string, schema: z.ZodType<T>, sys: System): StateFile<T> {
  const path = under(state, name)
  const temporary = under(state, `.${name}.new`)
  const removeQuietly = async (file: string): Promise<void> => {
    if (await sys.lstat(file)) await sys.removeFile(file)
  }
  return {
    path,
    async read() {
      try {
        return schema.parse(JSON.parse(new TextDecoder().decode(await sys.readFile(path))))
      } catch {
        // Absent, cut off or from another version: whoever asks has a default.
        return null
      }
    },
    async write(value) {
      const owner = await makePrivateFolder(state, sys)
      // A killed start may have left it.
      await removeQuietly(temporary)
      const bytes = new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
      await sys.replaceFile(path, bytes, { mode: 0o600, ...owner, temporary })
    },
    async remove() {
      await removeQuietly(temporary)
      await removeQuietly(path)
    },
  }
}
