import { z } from 'zod'
import { MAX_FINDING_ID } from '../contract/doctor.ts'
import type { System } from '../core/system.ts'
import { type StateFile, stateFile } from '../desk/state-file.ts'

const mutesSchema = z.object({ muted: z.array(z.string().max(MAX_FINDING_ID)).max(500) })

/** Findings that a person does not want to hear of again, by their ids; they live beside the records of runs. */
export class MuteBook {
  readonly #file: StateFile<z.infer<typeof mutesSchema>>

  constructor(state: string, sys: System) {
    this.#file = stateFile(state, 'mutes.json', mutesSchema, sys)
  }

  async all(): Promise<ReadonlySet<string>> {
    return new Set((await this.#file.read())?.muted ?? [])
  }

  /** Mutes a finding, or lets it be heard again. Throws Node's system errors. */
  async set(id: string, muted: boolean): Promise<void> {
    const before = await this.all()
    if (before.has(id) === muted) return
    const kept = [...before].filter((one) => one !== id)
    await this.#file.write({ muted: muted ? [...kept, id].slice(-500) : kept })
  }

  async forget(): Promise<void> {
    await this.#file.remove()
  }
}
