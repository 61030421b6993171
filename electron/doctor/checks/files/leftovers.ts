import type { Edit } from '../../../contract/plan.ts'
import type { Mirror } from '../../../mirrors/catalogue.ts'
import { keysOf, type NpmState } from '../../../settings/npm/detect.ts'
import type { DoctorContext, Found } from '../../check.ts'

/**
 * What switchers put into .npmrc beside the registry (`disturl`, `electron_mirror`, `sass_binary_site`), on hosts of a
 * mirror that has ended: the registry was changed since, these were not, and every package with a binary fails.
 */
export function leftoverFound({ user }: NpmState, { mirrors }: DoctorContext): readonly Found[] {
  const { npmrc } = user
  const keys = keysOrNone(user.npmrc)
  const ended = keys.flatMap(([key, value]) => {
    const mirror = typeof value === 'string' && !/(?:^|:)registry$/.test(key) ? endedAt(value, mirrors.mirrors) : null
    return mirror === null || typeof value !== 'string' ? [] : [{ key, value, mirror }]
  })
  const [first] = ended
  if (first === undefined) return []
  const target = { kind: 'file', path: npmrc.path, format: npmrc.format.id, mode: 0o600, notify: [] } as const
  const edits = ended.map(({ key, value }): Edit => ({ target, owner: 'npm', key, before: value, after: null }))
  const names = ended.map(({ key }) => key).join(', ')
  return [
    {
      code: 'files.leftover-switcher',
      severity: 'warning',
      subject: npmrc.path,
      values: { path: npmrc.path, keys: names, host: new URL(first.value).host, since: first.mirror.since ?? '' },
      evidence: ended.map(({ key, value }) => `${key}=${value}`),
      repairs: [
        {
          kind: 'edits',
          note: { key: 'doctor-files:repair.leftover', values: { path: npmrc.path, keys: names } },
          safe: true,
          edits,
        },
      ],
    },
  ]
}

function keysOrNone(file: NpmState['user']['npmrc']): readonly (readonly [string, unknown])[] {
  try {
    return [...keysOf(file)]
  } catch {
    // Whoever edits the file says what is wrong with it.
    return []
  }
}

/** The ended npm mirror on whose domain an address lies: `registry.npm.example` ended with all of `npm.example`. */
function endedAt(address: string, mirrors: readonly Mirror[]): Mirror | null {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return null
  const { hostname } = new URL(address)
  const dead = mirrors.filter(({ target, status }) => target === 'npm' && status === 'dead')
  return (
    dead.find(({ url }) => {
      const host = new URL(url).hostname
      const domain = host.startsWith('registry.') ? host.slice('registry.'.length) : host
      return hostname === domain || hostname.endsWith(`.${domain}`)
    }) ?? null
  )
}
