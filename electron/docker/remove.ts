import { call, type Engine } from './engine.ts'
import { httpStatus } from './errors.ts'

/** Removes an image's name, and its layers where nothing else uses them. One that is not there is fine. Errors as `call`. */
export async function removeImage(engine: Engine, reference: string): Promise<void> {
  await call(
    engine,
    undefined,
    async (abortSignal) => {
      try {
        await engine.docker.getImage(reference).remove({ abortSignal })
      } catch (error) {
        if (httpStatus(error) !== 404) throw error
      }
    },
    60_000,
  )
}
