import type { Finding } from '../../contract/note.ts'
import type { Edit } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import type { Setting } from '../../core/setting.ts'
import type { Reader } from '../../core/system.ts'
import { askDistribution } from '../../docker/distribution.ts'
import { dockerState } from '../../docker/state.ts'
import { forBundle, holdsBundle } from './bundle.ts'
import { certsFolder, forDocker } from './certs-d.ts'
import { forSystem, holdsSystem } from './system-store.ts'
import { wantedFor } from './wanted.ts'

export type AuthorityState = {
  /** `certs.d` beside the daemon.json that the engine reads. */
  folder: string
  /** Reads the files that a profile names. */
  sys: Reader
  places: Places
}
/** `hosts`: registries that the engine is to trust; `texts`: what each way of trusting is to hold. */
export type AuthorityChoice = {
  edits: readonly Edit[]
  hosts: readonly string[]
  texts: Readonly<Record<'npm' | 'pip' | 'system', readonly string[]>>
}

/**
 * Authorities of a company or a school, for exactly the tools that are named: the engine by `certs.d`, npm and pip
 * by a file of their own, go and apt through the system's.
 */
export const authoritySetting: Setting<AuthorityState, AuthorityChoice> = {
  id: 'authority',
  detect: async (sys, places, signal) => ({ folder: await certsFolder(sys, places, signal), sys, places }),
  async choose(profile, { folder, sys, places }) {
    if ((profile.authorities ?? []).length === 0) return null
    const docker = await forDocker(profile, folder, sys)
    const npm = await forBundle('npm', profile, places, sys)
    const pip = await forBundle('pip', profile, places, sys)
    const system = await forSystem(profile, places, sys)
    const texts = async (...tools: Parameters<typeof wantedFor>[1]): Promise<readonly string[]> =>
      (await wantedFor(profile, tools, sys)).map(({ text }) => text)
    const all = [docker, npm, pip, system]
    return {
      choice: {
        edits: all.flatMap(({ edits }) => edits),
        hosts: docker.hosts,
        texts: { npm: await texts('npm'), pip: await texts('pip'), system: await texts('go', 'apt') },
      },
      notes: all.flatMap(({ notes }) => notes),
    }
  },
  plan: (_, { edits }) => edits,
  async verify(sys, places, { hosts, texts }, signal) {
    const written: Finding[] = []
    const add = (name: 'npm' | 'pip' | 'system', holds: boolean): void => {
      const note = { key: `setting:authority.${name}${holds ? 'Holds' : 'Lacks'}` }
      written.push({ id: `authority.${name}`, severity: holds ? 'ok' : 'error', note })
    }
    for (const tool of ['npm', 'pip'] as const)
      if (texts[tool].length > 0) add(tool, await holdsBundle(tool, texts[tool], places, sys))
    // Another root is no machine: nobody has made its file.
    if (texts.system.length > 0 && !places.otherRoot) add('system', await holdsSystem(texts.system, places, sys))
    return [...written, ...(await askEngine(sys, places, hosts, signal))]
  },
}

async function askEngine(
  sys: Reader,
  places: Places,
  hosts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (hosts.length === 0) return []
  const { state } = await dockerState(sys, places, signal)
  if (state !== 'running') return []
  return Promise.all(
    hosts.map(async (host): Promise<Finding> => {
      const answer = await askDistribution(sys, places, host, signal)
      const key = `setting:authority.${answer.state}`
      const severity = answer.state === 'untrusted' ? 'error' : answer.state === 'answered' ? 'ok' : 'info'
      const details = answer.cause === null ? {} : { details: [answer.cause] }
      return { id: `authority.${host}`, severity, note: { key, values: { host } }, ...details }
    }),
  )
}
