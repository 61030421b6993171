import type { Profile } from '../../contract/profile.ts'
import type { Reader } from '../../core/system.ts'
import { type AuthorityFacts, readAuthority } from './pem.ts'

/** The tools that may be made to trust an authority. */
export type AuthorityTool = NonNullable<Profile['authorities']>[number]['for'][number]

export type Wanted = { text: string; facts: AuthorityFacts }

/** The authorities that a profile wants trusted by a tool, each once. Throws as `readAuthority`. */
export async function wantedFor(profile: Profile, tools: readonly AuthorityTool[], sys: Reader): Promise<Wanted[]> {
  const named = (profile.authorities ?? []).filter((authority) => authority.for.some((one) => tools.includes(one)))
  const read: Wanted[] = []
  for (const { file } of named) {
    const { text, facts } = await readAuthority(file, sys)
    if (!read.some((one) => one.text === text)) read.push({ text, facts })
  }
  return read
}
