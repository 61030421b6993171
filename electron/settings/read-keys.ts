import type { Value } from '../contract/plan.ts'
import { CodedError } from '../core/errors.ts'
import type { Format } from '../core/setting.ts'
import type { Reader } from '../core/system.ts'

/** A file's bytes, or null when it is not there or cannot be read. For looking, not for editing. */
export async function readOrNull(sys: Reader, path: string): Promise<Uint8Array | null> {
  try {
    return await sys.readFile(path)
  } catch {
    return null
  }
}

/** The keys in a file. A CodedError of the format (`unparsable-file`, `fence-damaged`) gets the path added. */
export function readKeys(format: Format, path: string, bytes: Uint8Array | null): ReadonlyMap<string, Value> {
  try {
    return format.read(bytes)
  } catch (error) {
    if (error instanceof CodedError) throw new CodedError(error.code, { path, ...error.values }, error.cause)
    throw error
  }
}
