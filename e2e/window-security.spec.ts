import { expect, test } from '@playwright/test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenApp, openApp } from './pages/app.ts'
import { CheckUpPage } from './pages/check-up.ts'

let open: OpenApp
let server: Server
let asked: string[]
let elsewhere = ''
let folder = ''

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goready-outside-'))
  writeFileSync(join(folder, 'page.html'), '<title>outside</title>')
  asked = []
  // A server that would welcome everybody: whatever stops the page is the program.
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/html' })
    response.end('<title>elsewhere</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  open = await openApp(['--lang', 'en'])
  await new CheckUpPage(open.page).settled()
})
test.afterAll(async () => {
  await open.close()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})
test.afterEach(() => {
  expect(asked).toEqual([])
  expect(open.page.url()).toMatch(/^app:\/\/goready\/index\.html/)
})

/** Violations of the policy while `body` runs in the page. */
const blocked = (body: string) =>
  open.page.evaluate(async (text) => {
    const found: string[] = []
    const listen = (event: SecurityPolicyViolationEvent) => found.push(event.effectiveDirective)
    document.addEventListener('securitypolicyviolation', listen)
    const script = document.createElement('script')
    script.textContent = text
    document.head.append(script)
    script.remove()
    await new Promise((resolve) => setTimeout(resolve, 200))
    document.removeEventListener('securitypolicyviolation', listen)
    return found
  }, body)

test('the page sees the bridge and nothing of Node or Electron', async () => {
  const seen = await open.page.evaluate(() => {
    const names = ['process', 'require', 'module', 'global', 'Buffer', 'ipcRenderer', 'electron', '__dirname']
    return { node: names.filter((name) => name in window), bridge: Object.keys(window.goready).toSorted() }
  })
  expect(seen).toEqual({ node: [], bridge: ['onCommand', 'onTask', 'request'] })
})

test('the bridge cannot be replaced, and its functions lead to no constructor outside', async () => {
  const outcome = await open.page.evaluate(() => {
    const before = window.goready
    try {
      Object.assign(window, { goready: { request: () => 'mine' } })
    } catch {
      // Refused by a throw in strict code.
    }
    return { same: window.goready === before, frozen: Object.isFrozen(window.goready) }
  })
  expect(outcome).toEqual({ same: true, frozen: true })
})

test('the window is sandboxed, isolated and has no Node', async () => {
  const preferences = await open.app.evaluate(({ BrowserWindow }) => {
    // Not in the published types.
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>
    }
    return contents.getLastWebPreferences()
  })
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })
})

test('an inline script does not run', async () => {
  expect(await blocked('window.ran = true')).toContain('script-src-elem')
  expect(await open.page.evaluate(() => 'ran' in window)).toBe(false)
})

test('text is not evaluated as code by the page', async () => {
  // Playwright's own evaluate is let through by Chromium; a timer with text goes through the page's policy.
  await open.page.evaluate(() => Reflect.apply(setTimeout, window, ['window.evaluated = true', 0]))
  await open.page.waitForTimeout(100)
  expect(await open.page.evaluate(() => 'evaluated' in window)).toBe(false)
})

test('a style without the nonce does not apply', async () => {
  const colour = await open.page.evaluate(() => {
    const style = document.createElement('style')
    style.textContent = 'h1 { color: rgb(1, 2, 3) !important }'
    document.head.append(style)
    return getComputedStyle(document.querySelector('h1') ?? document.body).color
  })
  expect(colour).not.toBe('rgb(1, 2, 3)')
})

test('nothing is fetched from elsewhere, by script, picture, socket or frame', async () => {
  const outcome = await open.page.evaluate(async (address) => {
    // The policy has to refuse by itself, also where the session's filter would.
    const violated = new Set<string>()
    document.addEventListener('securitypolicyviolation', (event) => violated.add(event.effectiveDirective))
    const image = new Promise((resolve) => {
      const picture = new Image()
      picture.onload = () => resolve('loaded')
      picture.onerror = () => resolve('refused')
      picture.src = `${address}a.png`
    })
    const fetched = fetch(address).then(
      () => 'loaded',
      () => 'refused',
    )
    const socket = new Promise((resolve) => {
      try {
        const one = new WebSocket(address.replace('http', 'ws'))
        one.onopen = () => resolve('loaded')
        one.onerror = () => resolve('refused')
      } catch {
        resolve('refused')
      }
    })
    const frame = document.createElement('iframe')
    frame.src = address
    document.body.append(frame)
    await new Promise((resolve) => setTimeout(resolve, 300))
    frame.remove()
    return { results: await Promise.all([image, fetched, socket]), violated: [...violated].toSorted() }
  }, elsewhere)
  expect(outcome).toEqual({
    results: ['refused', 'refused', 'refused'],
    violated: ['connect-src', 'frame-src', 'img-src'],
  })
})

for (const [name, address] of [
  ['another server', () => elsewhere],
  ['a file', () => `file://${join(folder, 'page.html')}`],
  ['a data address', () => 'data:text/html,<title>data</title>'],
  ['another page of our own', () => 'app://goready/other.html'],
] as const)
  test(`the page does not go to ${name}`, async () => {
    await open.page.evaluate((to) => {
      // A mark that only this very document carries.
      Reflect.set(window, 'mark', to)
      const link = document.createElement('a')
      link.href = to
      document.body.append(link)
      link.click()
      link.remove()
    }, address())
    await open.page.waitForTimeout(200)
    expect(await open.page.evaluate(() => Reflect.get(window, 'mark'))).toBe(address())
  })

test('the page may load itself again, and is the same page then', async () => {
  const marked = () => open.page.evaluate(() => Reflect.get(window, 'mark'))
  await open.page.evaluate(() => Reflect.set(window, 'mark', 'before'))
  expect(await marked()).toBe('before')
  const address = open.page.url()
  await Promise.all([open.page.waitForEvent('load'), open.page.evaluate(() => location.reload())])
  expect(await marked()).toBeUndefined()
  expect(open.page.url()).toBe(address)
  expect(await open.page.evaluate(() => typeof window.goready.request)).toBe('function')
})

test('no second window opens', async () => {
  const opened = await open.page.evaluate((address) => window.open(address) !== null, elsewhere)
  expect(opened).toBe(false)
  expect(open.app.windows()).toHaveLength(1)
})

test('no permission is given', async () => {
  const outcome = await open.page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[]
    const states = await Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
    const camera = await navigator.mediaDevices.getUserMedia({ video: true }).then(
      () => 'given',
      () => 'refused',
    )
    const place = await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        (error) => resolve(error.code === error.PERMISSION_DENIED ? 'refused' : 'unavailable'),
      ),
    )
    return [...new Set(states), camera, place, await Notification.requestPermission()]
  })
  expect(outcome).toEqual(['denied', 'refused', 'refused', 'denied'])
})

test('a webview is not attached', async () => {
  await open.page.evaluate((address) => {
    const view = document.createElement('webview')
    view.setAttribute('src', address)
    document.body.append(view)
  }, elsewhere)
  await open.page.waitForTimeout(300)
  const kinds = await open.app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((one) => one.getType()),
  )
  expect(kinds).not.toContain('webview')
})

test('nothing is downloaded', async () => {
  const started = await open.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    return new Promise<string>((resolve) => {
      // Ours comes first and refuses; this one, added later, sees what became of it.
      contents?.session.on('will-download', (event, item) => {
        item.once('done', (_done, state) => resolve(event.defaultPrevented ? 'refused' : state))
        setTimeout(() => resolve(event.defaultPrevented ? 'refused' : 'running'), 300)
      })
      void contents?.executeJavaScript(
        "const a = document.createElement('a'); a.href = 'data:text/plain,x'; a.download = 'x.txt'; a.click()",
      )
      setTimeout(() => resolve('refused'), 1500)
    })
  })
  expect(started).toBe('refused')
})

for (const path of [
  'file:///etc/passwd',
  'app://goready/../../package.json',
  'app://goready/%2e%2e/%2e%2e/package.json',
  'app://goready/..%2f..%2fpackage.json',
  'app://goready/%2fetc%2fpasswd',
  'app://elsewhere/index.html',
])
  test(`${path} is not readable`, async () => {
    const outcome = await open.page.evaluate(async (address) => {
      try {
        return (await fetch(address)).status
      } catch {
        return 'refused'
      }
    }, path)
    expect(['refused', 403, 404]).toContain(outcome)
  })

const ask = (name: string, input: unknown) =>
  open.page.evaluate(({ name: asking, input: sent }) => window.goready.request(asking, sent), { name, input })

test('an unknown request is refused', async () => {
  expect(await ask('files.write', { path: '/etc/passwd' })).toMatchObject({ ok: false, error: { code: 'bad-request' } })
})

test('input against the schema is refused', async () => {
  for (const [name, input] of [
    ['task.cancel', { taskId: 7 }],
    ['image.pull', { image: '--privileged' }],
    ['plan.make', { profile: { version: 1, path: '/etc/passwd' } }],
    ['machine.detect', { path: '/etc' }],
  ] as const)
    expect(await ask(name, input)).toMatchObject({ ok: false, error: { code: 'bad-request' } })
})

test('a frame inside the page has no bridge, and cannot be loaded at all', async () => {
  const outcome = await open.page.evaluate(async () => {
    const frame = document.createElement('iframe')
    frame.src = 'app://goready/index.html'
    document.body.append(frame)
    await new Promise((resolve) => setTimeout(resolve, 300))
    let bridge = 'none'
    try {
      bridge = frame.contentWindow !== null && 'goready' in frame.contentWindow ? 'there' : 'none'
    } catch {
      bridge = 'none'
    }
    frame.remove()
    return bridge
  })
  expect(outcome).toBe('none')
})

test('another window with the same preload is not trusted', async () => {
  const answer = await open.app.evaluate(async ({ BrowserWindow, app }) => {
    const other = new BrowserWindow({
      show: false,
      webPreferences: {
        preload: `${app.getAppPath()}/out/preload/preload.cjs`,
        sandbox: true,
      },
    })
    await other.loadURL('app://goready/index.html')
    const result: unknown = await other.webContents.executeJavaScript("window.goready.request('task.list', undefined)")
    other.destroy()
    return result
  })
  expect(answer).toEqual({ ok: false, error: { code: 'untrusted-sender' } })
})
