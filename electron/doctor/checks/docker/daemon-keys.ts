import type { Value } from '../../../contract/plan.ts'
import { isMirror } from '../../../settings/docker/mirrors.ts'

type Wanted = 'boolean' | 'number' | 'string' | 'strings' | 'texts'

/** Keys of daemon.json whose kind is the same from engine 20.10 to 29 (moby/moby daemon/config/config.go). */
const KINDS: Readonly<Record<string, Wanted>> = {
  ...kindOf(
    'boolean',
    'debug tls tlsverify experimental icc iptables ip6tables ip-forward ip-masq ipv6 userland-proxy',
  ),
  ...kindOf('boolean', 'live-restore no-new-privileges selinux-enabled raw-logs init'),
  ...kindOf('number', 'mtu max-concurrent-downloads max-concurrent-uploads max-download-attempts shutdown-timeout'),
  ...kindOf('string', 'data-root exec-root pidfile bip bridge fixed-cidr log-driver log-level storage-driver group'),
  ...kindOf('string', 'default-runtime cgroup-parent userns-remap containerd default-gateway'),
  ...kindOf(
    'strings',
    'registry-mirrors insecure-registries dns dns-opts dns-search hosts exec-opts storage-opts labels',
  ),
  ...kindOf('strings', 'authorization-plugins'),
  ...kindOf('texts', 'log-opts'),
}

function kindOf(kind: Wanted, names: string): Record<string, Wanted> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]))
}

/** A key whose value the daemon refuses. `meant` null: what was meant is a guess. */
export type WrongKind = { key: string; wanted: Wanted; meant: Value }

/** The first key that holds another kind of value than the daemon takes; null is taken everywhere. */
export function wrongKind(keys: ReadonlyMap<string, Value>): WrongKind | null {
  for (const [key, value] of keys) {
    const wanted = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined
    if (wanted === undefined || value === null || fits(value, wanted)) continue
    return { key, wanted, meant: meant(value, wanted) }
  }
  return null
}

function fits(value: Value, wanted: Wanted): boolean {
  if (wanted === 'strings') return Array.isArray(value) && value.every((one) => typeof one === 'string')
  if (wanted === 'texts') return isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
  return typeof value === wanted && (wanted !== 'number' || Number.isInteger(value))
}

/** What can only have been meant one way: a word in quotes that should have none, one value instead of a list of it. */
function meant(value: Value, wanted: Wanted): Value {
  if (wanted === 'boolean') return value === 'true' ? true : value === 'false' ? false : null
  if (wanted === 'number') return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : null
  if (wanted === 'strings') return typeof value === 'string' && value !== '' && !/[,\s]/.test(value) ? [value] : null
  if (wanted === 'string' || !isRecord(value)) return null
  const plain = Object.values(value).every((one) => ['string', 'number', 'boolean'].includes(typeof one))
  return plain
    ? Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, typeof one === 'string' ? one : JSON.stringify(one)]),
      )
    : null
}

const isRecord = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `meant` null: what was meant is a guess. */
export type BadMirror = { mirror: string; meant: string | null }

/** The first mirror that the daemon refuses, see `isMirror`. */
export function badMirror(mirrors: readonly string[], before24: boolean): BadMirror | null {
  for (const mirror of mirrors) {
    if (isMirror(mirror, before24)) continue
    const text = mirror.trim().replace(/^(https?:)\/*(?=[^/])/i, '$1//')
    const whole = /^[\w.-]+\.[\w.-]+(:\d+)?(\/[\w./-]*)?$/.test(text) ? `https://${text}` : text
    return { mirror, meant: isMirror(whole, before24) ? whole : null }
  }
  return null
}
