import { TARGET_IDS, type TargetId } from '../contract/mirror.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import type { Mirror } from '../mirrors/catalogue.ts'
import { toolDefault } from '../settings/defaults/tool-default.ts'

/** What people call the archive behind a tool. */
const NAMES: Readonly<Record<TargetId, string>> = { go: 'Go', docker: 'Docker', npm: 'npm', apt: 'apt', pip: 'PyPI' }

export type Officials = {
  /** The tool's own default as a mirror; null where the tool is not there or does not tell it. Asked once. */
  of(target: TargetId, signal: AbortSignal): Promise<Mirror | null>
  /** Those of all targets that `known` does not hold yet. */
  missing(known: readonly Mirror[], signal: AbortSignal): Promise<Mirror[]>
}

/** What the tools of this machine ask by themselves. A tool that comes or goes meanwhile is seen at the next start. */
export function openOfficials(sys: Reader, places: Places): Officials {
  const asked = new Map<TargetId, Mirror | null>()
  const of = async (target: TargetId, signal: AbortSignal): Promise<Mirror | null> => {
    const before = asked.get(target)
    if (before !== undefined) return before
    const url = await toolDefault(target, sys, places, signal)
    const mirror = url === null ? null : officialMirror(target, url)
    asked.set(target, mirror)
    return mirror
  }
  return {
    of,
    async missing(known, signal) {
      const all = await Promise.all(TARGET_IDS.map((target) => of(target, signal)))
      return all.flatMap((mirror) => (mirror === null || known.some((one) => isSame(one, mirror)) ? [] : [mirror]))
    },
  }
}

const isSame = (a: Mirror, b: Mirror): boolean =>
  a.target === b.target && a.url.replace(/\/+$/, '') === b.url.replace(/\/+$/, '')

function officialMirror(target: TargetId, url: string): Mirror {
  const name = NAMES[target]
  return {
    id: `${target}-default`,
    target,
    name: { zh: name, en: name },
    url,
    ...(target === 'apt' ? { paths: {} } : {}),
    operator: null,
    country: null,
    protocols: [url.startsWith('http:') ? 'http' : 'https'],
    sync: null,
    limits: null,
    status: 'upstream',
    since: null,
    source: target,
    date: new Date().toISOString().slice(0, 10),
  }
}
