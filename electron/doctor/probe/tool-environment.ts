import type { DockerState } from '../../contract/machine.ts'
import type { TargetId } from '../../contract/mirror.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../../settings/binary.ts'
import { keysOf as npmKeys } from '../../settings/npm/detect.ts'
import { keysOf as pipKeys } from '../../settings/pip/detect.ts'
import { readOrNull } from '../../settings/read-keys.ts'
import type { Facts } from '../facts.ts'

/** The proxy variables as a tool sees them: its own settings come before those of the environment. */
export type Environment = Readonly<Record<string, string>>
export type ToolEnvironments = Readonly<Record<TargetId, { own: boolean; environment: Environment }>>

const NAMES = /^(https?|all|no)_proxy$/i

/** By which proxies each tool goes. Docker's engine has those that it was started with, and nobody else's. */
export async function toolEnvironments(
  sys: Reader,
  places: Places,
  facts: Pick<Facts, 'docker' | 'npm' | 'pip'>,
): Promise<ToolEnvironments> {
  const [docker, npm, pip, apt] = await Promise.all([
    facts.docker(),
    npmProxies(facts),
    pipProxy(facts),
    aptProxies(sys, places),
  ])
  const plain = { own: false, environment: places.environment }
  const over = (own: Environment): ToolEnvironments[TargetId] => {
    const names = Object.keys(own)
    if (names.length === 0) return plain
    const kept = Object.entries(places.environment).filter(([name]) => !names.includes(name.toUpperCase()))
    return { own: true, environment: { ...Object.fromEntries(kept), ...own } }
  }
  return {
    go: plain,
    npm: over(npm),
    pip: over(pip),
    apt: over(apt),
    docker: { own: true, environment: engineEnvironment(docker, places) },
  }
}

/** An engine that tells nothing of proxies has none. */
function engineEnvironment({ proxies }: DockerState, places: Places): Environment {
  const rest = Object.entries(places.environment).filter(([name]) => !NAMES.test(name))
  return { ...Object.fromEntries(rest), ...proxies }
}

async function npmProxies(facts: Pick<Facts, 'npm'>): Promise<Environment> {
  const { user, project } = await facts.npm()
  const found: Record<string, string> = {}
  for (const file of [user.npmrc, ...(project === null ? [] : [project.npmrc])]) {
    try {
      for (const [key, value] of npmKeys(file)) {
        if (typeof value !== 'string' || value === '' || value === 'null') continue
        if (key === 'proxy') found['HTTP_PROXY'] = value
        if (key === 'https-proxy') found['HTTPS_PROXY'] = value
        if (key === 'noproxy' || key === 'no-proxy') found['NO_PROXY'] = value
      }
    } catch {
      // Whoever edits the file says what is wrong with it.
    }
  }
  // @npmcli/agent: the proxy for https is the one for http where none is named.
  const [plain, secure] = [found['HTTP_PROXY'], found['HTTPS_PROXY']]
  return plain !== undefined && secure === undefined ? { ...found, HTTPS_PROXY: plain } : found
}

async function pipProxy(facts: Pick<Facts, 'pip'>): Promise<Environment> {
  const { above, user, below } = await facts.pip()
  for (const file of [...above.toReversed(), ...user.toReversed(), ...below.toReversed()]) {
    try {
      const value = pipKeys(file).get('global.proxy')
      if (typeof value === 'string' && value !== '') return { HTTP_PROXY: value, HTTPS_PROXY: value }
    } catch {
      // As above.
    }
  }
  return {}
}

/** `Acquire::http::Proxy "http://h:3128/";` in a line of its own; `DIRECT` is none (apt-transport-http(1)). */
async function aptProxies(sys: Reader, { apt }: Places): Promise<Environment> {
  const names = await sys.list(`${apt.folder}/apt.conf.d`).catch(() => [])
  const found: Record<string, string> = {}
  for (const path of [
    ...names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => `${apt.folder}/apt.conf.d/${name}`),
    `${apt.folder}/apt.conf`,
  ]) {
    const bytes = await readOrNull(sys, path).catch(() => null)
    const text = bytes === null ? '' : toBinary(bytes)
    for (const [, scheme = '', value = ''] of text.matchAll(/^\s*Acquire::(https?)::Proxy\s+"([^"]*)"/gim))
      found[`${scheme.toUpperCase()}_PROXY`] = value === 'DIRECT' || value === 'false' ? '' : value
  }
  const plain = found['HTTP_PROXY']
  return plain !== undefined && found['HTTPS_PROXY'] === undefined ? { ...found, HTTPS_PROXY: plain } : found
}
