export type Challenge = { realm: URL; service: string | null; scope: string | null }

/**
 * Reads a `WWW-Authenticate: Bearer realm="…",service="…",scope="…"` header. The realm is the registry's
 * own and may be another host, but only http(s), and a registry asked by https may not lead to http.
 * Returns null for another scheme or a realm that is refused.
 * Source: distribution/distribution docs/spec/auth/token.
 */
export function parseChallenge(header: string | null, asked: URL): Challenge | null {
  if (header === null || !/^bearer\s/i.test(header)) return null
  const values = new Map<string, string>()
  for (const [, name = '', quoted, plain] of header.matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,"]+))/gi))
    values.set(name.toLowerCase(), quoted ?? plain ?? '')
  const text = values.get('realm')
  if (text === undefined || !URL.canParse(text, asked.href)) return null
  const realm = new URL(text, asked.href)
  const allowed = asked.protocol === 'https:' ? ['https:'] : ['http:', 'https:']
  if (!allowed.includes(realm.protocol) || realm.username !== '' || realm.password !== '') return null
  return { realm, service: values.get('service') ?? null, scope: values.get('scope') ?? null }
}

/** The `rel="next"` address of a `Link` header, on the same host only; null when there is none. */
export function nextPage(header: string | null, asked: URL): URL | null {
  const link = /<([^>]+)>\s*;[^,]*\brel="?next"?/i.exec(header ?? '')?.[1]
  if (link === undefined || !URL.canParse(link, asked.href)) return null
  const next = new URL(link, asked.href)
  // Some registries behind a proxy name http in their links; the host decides, the scheme stays.
  next.protocol = asked.protocol
  return next.host === asked.host ? next : null
}
