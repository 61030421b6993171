import { randomBytes } from 'node:crypto'
import { readFile, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

export const SCHEME = 'app'
export const ORIGIN = `${SCHEME}://goready`
export const PAGE = `${ORIGIN}/index.html`

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Everything is refused that the page does not need. `nonce` lets the page's own style tags in, once. */
export function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/**
 * Answers requests to `app://goready/…` with files of `folder` and nothing else: no other host or method, no
 * path or link that leads out of the folder, no type that is not in the list.
 */
export function pageServer(folder: string): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    const { host, pathname } = new URL(url)
    if (method !== 'GET' || host !== new URL(ORIGIN).host) return refused(403)
    const file = await inside(folder, pathname)
    const type = file === null ? undefined : TYPES[extname(file)]
    if (file === null || type === undefined) return refused(404)
    const nonce = randomBytes(16).toString('base64')
    const bytes = await readFile(file)
    const body = type.startsWith('text/html') ? bytes.toString('utf8').replaceAll('%NONCE%', nonce) : bytes
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { headers: headers(type, nonce) })
  }
}

const headers = (type: string, nonce: string) => ({
  'content-type': type,
  'content-security-policy': policy(nonce),
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
})

const refused = (status: number) => new Response(null, { status, headers: headers('text/plain', '') })

/** The real path of `pathname` below `folder`, or null. Links are followed first, so that none leads out. */
async function inside(folder: string, pathname: string): Promise<string | null> {
  try {
    const relative = decodeURIComponent(pathname)
    if (relative.includes('\0') || relative.includes('\\') || relative.split('/').includes('..')) return null
    const base = await realpath(folder)
    const file = await realpath(join(base, relative))
    return file.startsWith(base + sep) ? file : null
  } catch {
    return null
  }
}
