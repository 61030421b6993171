import type { ErrorCode } from '../contract/note.ts'

/**
 * What the engine or a registry behind it said, sorted. The order matters: a message often holds the
 * words of several rows ("… not found: manifest unknown", "… no such host: EOF").
 * Texts of engines up to 28 and from 29 on (containerd) differ; both stand here.
 * Sources: moby/moby distribution/errors.go, containerd core/remotes, distribution/distribution errcode.
 */
const ROWS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/permission denied while trying to connect to|dial unix .*permission denied/i, 'docker-no-permission'],
  [/cannot connect to the docker daemon/i, 'docker-not-running'],
  [/no space left on device|disk quota exceeded|ENOSPC/i, 'engine-disk-full'],
  [
    /toomanyrequests|too many requests|you have reached your (unauthenticated )?pull rate limit/i,
    'registry-rate-limit',
  ],
  [/error from registry: you have reached/i, 'registry-rate-limit'],
  [
    /no matching manifest for|no match for platform|does not match the specified platform|cannot be used on this platform/i,
    'image-no-platform',
  ],
  [/invalid reference format|invalid tag format|invalid repository name/i, 'image-bad-reference'],
  [
    /failed to register layer|filesystem layer verification failed|failed to extract layer|unexpected commit digest/i,
    'pull-failed',
  ],
  [/\bx509: |tls: |certificate/i, 'registry-unreachable'],
  [/manifest unknown|manifest for .* not found|no such image|name unknown|repository .* not found/i, 'image-not-found'],
  [/failed to resolve reference .*: not found|docker\.io\/\S+: not found/i, 'image-not-found'],
  [
    /pull access denied|requested access to the resource is denied|insufficient_scope|authorization failed|unauthorized|no basic auth credentials|\bdenied\b|403 forbidden|401 unauthorized/i,
    'registry-denied',
  ],
  [
    /connection refused|connection reset|no such host|server misbehaving|i\/o timeout|timeout|deadline exceeded|network is unreachable|no route to host|proxyconnect|broken pipe|\bEOF\b|invalid character '<'|unexpected HTTP status|unexpected status code|http: server gave HTTP response|request canceled|error pinging/i,
    'registry-unreachable',
  ],
]

/** The code for what a pull said, or null when no row knows it. `status` is the HTTP status, if there was one. */
export function sortFailure(message: string, status?: number): ErrorCode | null {
  for (const [pattern, code] of ROWS) if (pattern.test(message)) return code
  if (status === 404) return 'image-not-found'
  if (status === 429) return 'registry-rate-limit'
  if (status === 401 || status === 403) return 'registry-denied'
  return null
}
