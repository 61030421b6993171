const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** The port of an address; a proxy's without one is 1080 for SOCKS. */
export const portOf = (url: URL): number => Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 1080)
/** The host of an address as sockets take it: `[::1]` as `::1`. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The name and password of an address, decoded; empty where it has none. */
export const credentialsOf = (url: URL): { username: string; password: string } => ({
  username: decoded(url.username),
  password: decoded(url.password),
})

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A password with a bare % in it is taken as it stands.
    return text
  }
}

/** The Basic value for the credentials of an address; null without any. */
export function basicOf(url: URL): string | null {
  const { username, password } = credentialsOf(url)
  if (username === '' && password === '') return null
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** The header for a proxy that wants a password. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  const basic = basicOf(proxy)
  return basic === null ? {} : { 'proxy-authorization': basic }
}
