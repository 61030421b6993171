import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, ORIGIN, pageServer, policy } from './page.ts'
import type { Start } from './contract/start.ts'

let folder = ''
let root = ''
let get: (path: string, method?: string) => Answer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-page-'))
  root = join(folder, 'renderer')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.html'), 'secret')
  await mkdir(join(folder, 'renderer-other'))
  await writeFile(join(folder, 'renderer-other', 'secret.html'), 'secret')
  await writeFile(join(root, 'index.html'), '<style nonce="%NONCE%"></style><meta content="%START%">end')
  await writeFile(join(root, 'assets', 'a.js'), 'export {}')
  await writeFile(join(root, 'assets', 'a.exe'), 'MZ')
  await symlink(join(folder, 'secret.html'), join(root, 'out.html'))
  const serve = pageServer(root)
  get = (path, method = 'GET') => serve({ url: path.startsWith('app:') ? path : `${ORIGIN}${path}`, method })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('files come with their type, the policy and no sniffing', () => {
  const page = get('/index.html?lang=en')
  expect(page.statusCode).toBe(200)
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(page.headers['x-content-type-options']).toBe('nosniff')
  expect(get('/assets/a.js').headers['content-type']).toBe('text/javascript; charset=utf-8')
})

test('the nonce is in the page and in its policy, and another one each time', () => {
  const nonces = new Set<string>()
  for (let n = 0; n < 3; n++) {
    const page = get('/index.html')
    const nonce = /nonce="([^"]+)"/.exec(page.data.toString())?.[1] ?? ''
    expect(nonce.length).toBeGreaterThanOrEqual(22)
    expect(page.headers['content-security-policy']).toBe(policy(nonce))
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(3)
})

test('the policy allows no inline or evaluated script and nothing from elsewhere', () => {
  expect(policy('x')).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-x'")
  expect(policy('x')).not.toMatch(/unsafe|\*|https?:|blob:|file:/)
})

test.each([
  '/',
  '/nothing.html',
  '/assets',
  '/assets/a.exe',
  '/out.html',
  '/../secret.html',
  '/%2e%2e/secret.html',
  '/..%2fsecret.html',
  '/assets/..%2f..%2fsecret.html',
  '/..%5csecret.html',
  '/../renderer-other/secret.html',
  '/..%2frenderer-other%2fsecret.html',
  '/%2fetc%2fpasswd',
  '//etc/passwd',
  '/index.html%00.js',
  '/%',
])('%s is not served', (path) => {
  const answer = get(path)
  expect(answer.statusCode).toBe(404)
  expect(answer.data.toString()).toBe('')
})

test('another host and another method are refused', () => {
  expect(get('app://elsewhere/index.html').statusCode).toBe(403)
  expect(get('/index.html', 'POST').statusCode).toBe(403)
})

test('the first answers stand in the page as one attribute, whatever they say, and only while there are some', () => {
  const waiting: Start[] = [
    {
      preferences: { language: 'auto', theme: 'dark', catalogue: `/a"><script>$&'&quot;.json`, catalogueUrl: null },
      root: null,
      fresh: true,
    },
  ]
  const serve = pageServer(root, () => waiting.shift() ?? null)
  const [given] = waiting
  const pages = [1, 2].map(() => serve({ url: `${ORIGIN}/index.html`, method: 'GET' }).data.toString())
  const [first = '', second] = pages.map((page) => /content="([^"]*)">end$/.exec(page)?.[1])
  expect(JSON.parse(first.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))).toEqual(given)
  expect(second).toBe('')
})
