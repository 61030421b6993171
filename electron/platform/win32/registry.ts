import type { EnvScope, EnvValue } from '../../contract/plan.ts'
import { ENV_KEYS } from '../../core/env.ts'
import { CodedError } from '../../core/errors.ts'
import { under } from '../../core/paths.ts'
import type { EnvEntry, EnvStore, System } from '../../core/system.ts'
import { parseReg, writeReg } from './reg-text.ts'

type Files = Pick<System, 'withScratch' | 'query' | 'run' | 'readFile'>

export type RegistryTools = {
  /** reg.exe, with what has to stand before it. */
  reg: readonly [string, ...string[]]
  whoami: readonly [string, ...string[]]
  /** A path of ours as those programs understand it. */
  native(path: string): string
}

/** High and System: the levels of a process that an administrator has let through (Microsoft, "Well-known SIDs"). */
const ELEVATED = /\bS-1-16-(12288|16384)\b/
/** A hive is written in a moment; a virus scanner may want to look at it first. */
const TIMEOUT = 30_000

/**
 * The variables that Windows keeps in its registry, read and written raw by the system's own reg.exe through files
 * in its export format. Not `reg query`, `reg add` or setx: those speak the console's code page, setx expands and
 * cuts, and .NET's SetEnvironmentVariable forgets the type. Not a native module: the program would have to carry
 * one for each processor, outside its archive, and these two keys are read and written a few times in a run.
 * A value is replaced in one step (one RegSetValueEx), and Windows' own log makes it whole after a power cut.
 */
export function registryStore(files: Files, tools: RegistryTools): EnvStore {
  const listEnv = (scope: EnvScope): Promise<readonly EnvEntry[]> =>
    files.withScratch({}, async (folder) => {
      const out = under(folder, 'out.reg')
      const { code } = await files.query([...tools.reg, 'export', ENV_KEYS[scope], tools.native(out), '/y'], {
        timeout: TIMEOUT,
      })
      if (code !== 0) throw new CodedError('registry-closed', { path: ENV_KEYS[scope] }, `reg export: ${code}`)
      try {
        return parseReg(await files.readFile(out), ENV_KEYS[scope])
      } catch (error) {
        throw new CodedError('registry-closed', { path: ENV_KEYS[scope] }, error)
      }
    })
  return {
    listEnv,
    async readEnv(scope, name): Promise<EnvValue | null> {
      const entry = (await listEnv(scope)).find((one) => one.name.toUpperCase() === name.toUpperCase())
      if (entry === undefined) return null
      if (entry.value === null) throw new CodedError('env-not-text', { name: entry.name, type: entry.type })
      return entry.value
    },
    async mayWriteEnv(scope) {
      if (scope === 'user') return true
      const groups = await files.query([...tools.whoami, '/groups', '/fo', 'csv', '/nh'], { timeout: TIMEOUT })
      return ELEVATED.test(groups.stdout)
    },
    async writeEnv(scope, name, value) {
      const path = `${ENV_KEYS[scope]}\\${name}`
      if (value?.value.includes('\0') || /[\0\r\n=]/.test(name) || name === '')
        throw new CodedError('env-not-text', { name, type: value?.type ?? 'REG_SZ' })
      await files.withScratch({ 'in.reg': writeReg(ENV_KEYS[scope], name, value) }, async (folder) => {
        const { code } = await files.run([...tools.reg, 'import', tools.native(under(folder, 'in.reg'))], {
          timeout: TIMEOUT,
        })
        if (code !== 0) throw new CodedError('no-permission', { path }, `reg import: ${code}`)
      })
    },
  }
}
