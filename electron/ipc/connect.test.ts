import { expect, test, vi } from 'vitest'
import { ORIGIN } from '../page.ts'

type Listener = (event: unknown, ...sent: unknown[]) => Promise<unknown>
const channels = vi.hoisted(() => new Map<string, unknown>())
vi.mock('electron', () => ({
  BrowserWindow: class {},
  app: {},
  protocol: {},
  session: {},
  ipcMain: {
    handle: (channel: string, listener: unknown) => channels.set(channel, listener),
    removeHandler: (channel: string) => channels.delete(channel),
  },
}))
const { connect } = await import('./connect.ts')

const mainFrame = { origin: ORIGIN }
const contents = { mainFrame, send: vi.fn() }
const window = { isDestroyed: () => false, webContents: contents } as never

test('an untrusted sender is refused before anything is read or built', async () => {
  const never = () => expect.fail('it was built')
  const engine = vi.fn(() => new Promise<never>(() => {}))
  const connection = connect(window, never, engine)
  const listener = channels.get('goready:request') as Listener
  const input = new Proxy({}, { get: () => expect.fail('the input was read') })
  expect(await listener({ sender: {}, senderFrame: mainFrame }, 'task.list', input)).toEqual({
    ok: false,
    error: { code: 'untrusted-sender' },
  })
  connection.close()
  expect(channels.size).toBe(0)
})

test('requests wait for the engine; one that cannot be built is the answer to each', async () => {
  let fail: (error: Error) => void = () => {}
  const engine = new Promise<never>((_resolve, reject) => {
    fail = reject
  })
  engine.catch(() => {})
  const connection = connect(
    window,
    () => Promise.resolve({} as never),
    () => engine,
  )
  const listener = channels.get('goready:request') as Listener
  const answer = listener({ sender: contents, senderFrame: mainFrame }, 'task.list', undefined)
  fail(new Error('no engine'))
  expect(await answer).toMatchObject({ ok: false, error: { code: 'internal' } })
  connection.close()
})

test('a command reaches the page on its own channel', () => {
  const connection = connect(
    window,
    () => Promise.resolve({} as never),
    () => new Promise<never>(() => {}),
  )
  connection.command('about')
  expect(contents.send).toHaveBeenCalledWith('goready:command', 'about')
  connection.close()
})
