import type { Profile } from '../../contract/profile.ts'

type Authority = NonNullable<Profile['authorities']>[number]
type Tool = Authority['for'][number]

/** What each account has for itself; the others ask the machine. */
const OF_ACCOUNTS: readonly Tool[] = ['npm', 'pip']

/**
 * The part of a profile that is the machine's: Docker, apt, authorities of the system, what is exported for all
 * users, the image. null: it has none. Pure.
 */
export function machinePart(profile: Profile): Profile | null {
  const { version, image, pull, policy, telemetry } = profile
  const forAll = profile.env?.scope === 'system'
  const { docker, apt, go, sumdb } = profile.sources ?? {}
  const sources = defined({ docker, apt, ...(forAll ? { go, sumdb } : {}) })
  const authorities = authoritiesFor(profile, (tool) => !OF_ACCOUNTS.includes(tool))
  const wanted = defined({
    image,
    sources: isEmpty(sources) ? undefined : sources,
    authorities,
    private: forAll ? profile.private : undefined,
    env: forAll ? profile.env : undefined,
  })
  return isEmpty(wanted) ? null : { version, ...wanted, ...defined({ pull, policy, telemetry }) }
}

/** The part that each account has for itself. null: none. Pure. */
export function accountPart(profile: Profile): Profile | null {
  const { version, policy } = profile
  const own = profile.env?.scope !== 'system'
  const { go, sumdb, npm, pip } = profile.sources ?? {}
  const sources = defined({ npm, pip, ...(own ? { go, sumdb } : {}) })
  const wanted = defined({
    sources: isEmpty(sources) ? undefined : sources,
    authorities: authoritiesFor(profile, (tool) => OF_ACCOUNTS.includes(tool)),
    private: own ? profile.private : undefined,
    env: own ? profile.env : undefined,
  })
  return isEmpty(wanted) ? null : { version, ...wanted, ...defined({ policy }) }
}

/** The keys of a profile that say something to the machine, by their names. Pure. */
export function machineKeys(profile: Profile): string[] {
  const part = machinePart(profile)
  if (part === null) return []
  const { image, sources, authorities, env, private: hosts } = part
  const named = Object.keys(sources ?? {}).map((key) => `sources.${key}`)
  return [
    ...(image === undefined ? [] : ['image']),
    ...named,
    ...(hosts === undefined ? [] : ['private']),
    ...(authorities ?? []).flatMap((one) => one.for.map((tool) => `authorities: ${tool}`)),
    ...(env === undefined ? [] : ['env']),
  ]
}

function authoritiesFor(profile: Profile, wanted: (tool: Tool) => boolean): Authority[] | undefined {
  const found = (profile.authorities ?? []).flatMap((authority): Authority[] => {
    const tools = authority.for.filter(wanted)
    if (tools.length === 0) return []
    const { file, client } = authority
    // A client's certificate is for registries alone.
    return [{ file, for: tools, ...(client !== undefined && tools.includes('docker') ? { client } : {}) }]
  })
  return found.length === 0 ? undefined : found
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
/** Without the keys that hold nothing. */
function defined<T extends object>(value: T): Defined<T> {
  const kept: Defined<T> = { ...value }
  for (const key in kept) if (kept[key] === undefined) delete kept[key]
  return kept
}
