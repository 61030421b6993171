import { randomBytes } from 'node:crypto'
import { readFileSync, realpathSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import type { Start } from './contract/start.ts'

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

export type Asked = { url: string; method: string }
export type Answer = { statusCode: number; headers: Record<string, string>; data: Buffer }

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
 * path or link that leads out of the folder, no type that is not in the list. `start` is put into each page:
 * the first answers, or null where the page is to ask for them.
 */
export function pageServer(folder: string, start: () => Start | null = () => null): (asked: Asked) => Answer {
  const base = realpathSync(folder)
  return ({ url, method }) => {
    const { host, pathname } = new URL(url)
    if (method !== 'GET' || host !== new URL(ORIGIN).host) return refused(403)
    const file = inside(base, pathname)
    const type = file === null ? undefined : TYPES[extname(file)]
    if (file === null || type === undefined) return refused(404)
    const bytes = read(file)
    if (bytes === null) return refused(404)
    const nonce = randomBytes(16).toString('base64')
    const data = type.startsWith('text/html') ? Buffer.from(filled(bytes.toString('utf8'), nonce, start())) : bytes
    return { statusCode: 200, headers: headers(type, nonce), data }
  }
}

/** A page with its nonce and its first answers, which stand in an attribute between double quotes. */
function filled(page: string, nonce: string, start: Start | null): string {
  const answers = start === null ? '' : JSON.stringify(start).replaceAll('&', '&amp;').replaceAll('"', '&quot;')
  return page.replaceAll('%NONCE%', nonce).replace('%START%', () => answers)
}

const headers = (type: string, nonce: string) => ({
  'content-type': type,
  'content-security-policy': policy(nonce),
  'x-content-type-options': 'nosniff',
  // No cross-origin-opener-policy: no page opens this one or is opened by it (window.ts), and with it Chromium begins a
  // second process in the middle of the start.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
})

const refused = (statusCode: number): Answer => ({
  statusCode,
  headers: headers('text/plain', ''),
  data: Buffer.alloc(0),
})

/**
 * At once: a few files of our own, and every turn of the loop that is waited for delays the first picture. null for
 * a folder. (Not asked by `stat`: within an asar that is a deprecated call of Electron's own, with a warning.)
 */
function read(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

/** The real path of `pathname` below `base`, or null. Links are followed first, so that none leads out. */
function inside(base: string, pathname: string): string | null {
  try {
    const relative = decodeURIComponent(pathname)
    if (relative.includes('\0') || relative.includes('\\') || relative.split('/').includes('..')) return null
    const file = realpathSync(join(base, relative))
    return file.startsWith(base + sep) ? file : null
  } catch {
    return null
  }
}
