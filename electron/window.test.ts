import { expect, test, vi } from 'vitest'
import { ORIGIN } from './page.ts'

vi.mock('electron', () => ({ BrowserWindow: class {}, app: {}, protocol: {}, session: {} }))
const { trustedSender } = await import('./window.ts')

const mainFrame = { origin: ORIGIN }
const contents = { mainFrame }
const trusted = (sender: unknown, senderFrame: unknown, window: unknown = { webContents: contents }) =>
  trustedSender(() => window as never)({ sender, senderFrame } as never)

test("our window's main frame with our page is trusted", () => {
  expect(trusted(contents, mainFrame)).toBe(true)
})

test.each([
  ['another window', { mainFrame }, mainFrame],
  ['a frame inside our page', contents, { origin: ORIGIN }],
  ['a frame that is gone', contents, null],
])('%s is not', (_who, sender, frame) => {
  expect(trusted(sender, frame)).toBe(false)
})

test.each(['https://goready', 'app://elsewhere', 'file://', 'null', `${ORIGIN}.example.com`])(
  'our main frame at %s is not',
  (origin) => {
    const elsewhere = { mainFrame: { origin } }
    expect(trusted(elsewhere, elsewhere.mainFrame, { webContents: elsewhere })).toBe(false)
  },
)

test('without a window nobody is', () => {
  expect(trusted(contents, mainFrame, null)).toBe(false)
})
