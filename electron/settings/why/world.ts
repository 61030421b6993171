/** What stands at a path, links followed. `names`: what lies in a folder. */
export type Look = {
  kind: 'file' | 'dir' | 'other'
  bytes: Uint8Array | null
  size: number
  executable: boolean
  names: readonly string[]
}

/**
 * The files of the machine as far as they were looked at. A path that nobody has looked at yet is noted in `missing`,
 * so that whoever can read looks at it and plays again.
 */
export class World {
  readonly uid: number
  readonly missing = new Set<string>()
  readonly #looks: Map<string, Look | null>

  constructor(uid: number, looks = new Map<string, Look | null>()) {
    this.uid = uid
    this.#looks = looks
  }

  /** null: nothing is there; undefined: nobody has looked. */
  at(path: string): Look | null | undefined {
    const look = this.#looks.get(path)
    if (look === undefined) this.missing.add(path)
    return look
  }

  put(path: string, look: Look | null): void {
    this.#looks.set(path, look)
    this.missing.delete(path)
  }
}
