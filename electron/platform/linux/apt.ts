import type { Brought } from '../../core/presence.ts'
import type { Reader } from '../../core/system.ts'
import type { AptQuestions } from './distribution.ts'

type Argv = readonly [string, ...string[]]
export type Ask = (sys: Reader, argv: Argv) => Promise<{ code: number | null; stdout: string }>

/** A name that dpkg knows, with an architecture where it is another one; no option. */
const NAME = /^[A-Za-z0-9][\w.+:-]{0,127}$/

/** The names behind `Inst` (without `[version]`: an update is none of ours) or `Remv` in what `apt-get -s` prints. */
export function simulated(stdout: string, verb: 'Inst' | 'Remv'): readonly string[] {
  return stdout.split('\n').flatMap((line) => {
    const [word, name = '', next = ''] = line.split(' ')
    if (word !== verb || !NAME.test(name) || (verb === 'Inst' && next.startsWith('['))) return []
    return [name]
  })
}

/** All that an installation would bring; null where apt does not know the package (yet). */
export async function aptBrings(sys: Reader, apt: AptQuestions, name: string, ask: Ask): Promise<Brought | null> {
  const { code, stdout } = await ask(sys, apt.simulateInstall(name))
  const names = simulated(stdout, 'Inst')
  const [first, ...others] = names
  if (code !== 0 || first === undefined) return null
  const known = await statusesOf(sys, apt, [first, ...others], ask)
  return { names, configured: names.filter((one) => known.get(one) === 'config-files') }
}

/**
 * What of `brought` is to go with `name`, which stands first: what nobody else needs, and what an interrupted
 * installation left half there (apt counts that as not installed).
 */
export async function aptTakes(
  sys: Reader,
  apt: AptQuestions,
  name: string,
  brought: Brought | null,
  ask: Ask,
): Promise<readonly string[]> {
  const others = (brought?.names ?? []).filter((one) => one !== name)
  const statuses = await statusesOf(sys, apt, [name, ...others], ask)
  const { stdout } = await ask(sys, apt.simulateRemoval(name))
  const unneeded = simulated(stdout, 'Remv')
  const goes = (one: string): boolean => {
    const status = statuses.get(one) ?? 'not-installed'
    if (GONE.includes(status)) return false
    return one === name || !WHOLE.includes(status) || unneeded.includes(one)
  }
  return [name, ...others].filter(goes)
}

const GONE: readonly string[] = ['not-installed', 'config-files']
const WHOLE: readonly string[] = ['installed', 'triggers-awaited', 'triggers-pending']

async function statusesOf(
  sys: Reader,
  apt: AptQuestions,
  names: readonly [string, ...string[]],
  ask: Ask,
): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await ask(sys, apt.statuses(names))
  return new Map(
    stdout.split('\n').flatMap((line): [string, string][] => {
      const [name = '', status = ''] = line.split('\t')
      // dpkg adds the architecture to those that may be there more than once.
      const asked = names.find((one) => one === name || one === name.replace(/:.*$/, ''))
      return asked === undefined ? [] : [[asked, status]]
    }),
  )
}

/** Where Docker keeps what a person has put into it. Debian's package deletes all of it when it is purged. */
export const DOCKER_DATA = '/var/lib/docker'

/** Whether Docker holds images, containers, volumes or a swarm; true where that cannot be seen. */
export async function holdsDockerData(sys: Reader): Promise<boolean> {
  try {
    if ((await sys.lstat(DOCKER_DATA)) === null) return false
    for (const driver of await namesIn(sys, `${DOCKER_DATA}/image`)) {
      const images = `${DOCKER_DATA}/image/${driver}/imagedb/content/sha256`
      if ((await namesIn(sys, images)).length > 0) return true
    }
    const volumes = await namesIn(sys, `${DOCKER_DATA}/volumes`)
    if (volumes.some((name) => name !== 'metadata.db' && name !== 'backingFsBlockDev')) return true
    const others = await Promise.all(['containers', 'swarm'].map((name) => namesIn(sys, `${DOCKER_DATA}/${name}`)))
    return others.flat().length > 0
  } catch {
    return true
  }
}

async function namesIn(sys: Reader, folder: string): Promise<readonly string[]> {
  return (await sys.lstat(folder)) === null ? [] : sys.list(folder)
}
