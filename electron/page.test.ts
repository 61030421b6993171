import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ORIGIN, pageServer, policy } from './page.ts'

let folder = ''
let get: (path: string, init?: RequestInit) => Promise<Response>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-page-'))
  const root = join(folder, 'renderer')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.html'), 'secret')
  await mkdir(join(folder, 'renderer-other'))
  await writeFile(join(folder, 'renderer-other', 'secret.html'), 'secret')
  await writeFile(join(root, 'index.html'), '<style nonce="%NONCE%"></style>')
  await writeFile(join(root, 'assets', 'a.js'), 'export {}')
  await writeFile(join(root, 'assets', 'a.exe'), 'MZ')
  await symlink(join(folder, 'secret.html'), join(root, 'out.html'))
  const serve = pageServer(root)
  get = (path, init) => serve(new Request(path.startsWith('app:') ? path : `${ORIGIN}${path}`, init))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('files come with their type, the policy and no sniffing', async () => {
  const page = await get('/index.html?lang=en')
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await get('/assets/a.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
})

test('the nonce is in the page and in its policy, and another one each time', async () => {
  const nonces = new Set<string>()
  for (let n = 0; n < 3; n++) {
    const page = await get('/index.html')
    const nonce = /nonce="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    expect(nonce.length).toBeGreaterThanOrEqual(22)
    expect(page.headers.get('content-security-policy')).toBe(policy(nonce))
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
])('%s is not served', async (path) => {
  const answer = await get(path)
  expect(answer.status).toBe(404)
  expect(await answer.text()).toBe('')
})

test('another host and another method are refused', async () => {
  expect((await get('app://elsewhere/index.html')).status).toBe(403)
  expect((await get('/index.html', { method: 'POST' })).status).toBe(403)
})
