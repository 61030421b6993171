import { z } from 'zod'
import type { TargetId } from '../../contract/mirror.ts'
import { under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../../settings/binary.ts'
import { keysOf, type NpmFile } from '../../settings/npm/detect.ts'
import { readOrNull } from '../../settings/read-keys.ts'
import type { Facts } from '../facts.ts'

/** Whether a tool of this machine logs in at an address. */
export type Logins = (target: TargetId, url: string) => boolean

const clientSchema = z.object({
  auths: z.record(z.string(), z.unknown()).optional(),
  credHelpers: z.record(z.string(), z.unknown()).optional(),
  credsStore: z.string().optional(),
})

/** For which hosts names and passwords are kept: .npmrc, netrc (go, pip, apt's own), Docker's config.json. */
export async function knownLogins(sys: Reader, places: Places, facts: Pick<Facts, 'npm'>): Promise<Logins> {
  const { user, pnpm, project } = await facts.npm()
  const npm = new Set([user.npmrc, ...pnpm, ...(project ? [project.npmrc] : [])].flatMap(npmHosts))
  const netrc = new Set((await wordsAfter(sys, places.netrc, 'machine')).map(lower))
  const apt = new Set((await wordsAfter(sys, under(places.apt.folder, 'auth.conf'), 'machine')).map(lower))
  const docker = await dockerHosts(sys, under(places.docker.configDir, 'config.json'))
  return (target, url) => {
    if (!URL.canParse(url)) return false
    const { host, hostname } = new URL(url)
    switch (target) {
      case 'npm':
        return npm.has(host)
      case 'apt':
        return apt.has(hostname)
      case 'docker':
        return docker.has(host)
      case 'go':
      case 'pip':
        return netrc.has(hostname)
    }
  }
}

const lower = (text: string): string => text.toLowerCase()

function npmHosts(file: NpmFile): readonly string[] {
  try {
    return [...keysOf(file).keys()].flatMap((key) => {
      const host = /^\/\/([^/]+)\/.*:(_authToken|_auth|_password|certfile|keyfile)$/.exec(key)?.[1]
      return host === undefined ? [] : [host.toLowerCase()]
    })
  } catch {
    // Whoever edits the file says what is wrong with it.
    return []
  }
}

async function wordsAfter(sys: Reader, path: string, word: string): Promise<readonly string[]> {
  const bytes = await readOrNull(sys, path).catch(() => null)
  const words = bytes === null ? [] : toBinary(bytes).split(/\s+/)
  return words.filter((_, at) => words[at - 1] === word)
}

async function dockerHosts(sys: Reader, path: string): Promise<ReadonlySet<string>> {
  const bytes = await readOrNull(sys, path).catch(() => null)
  if (bytes === null) return new Set()
  try {
    const { auths = {}, credHelpers = {} } = clientSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
    return new Set(
      [...Object.keys(auths), ...Object.keys(credHelpers)].map((key) => key.replace(/^https?:\/\/|\/.*$/g, '')),
    )
  } catch {
    return new Set()
  }
}
