import {
  BrowserWindow,
  type IpcMainInvokeEvent,
  type Session,
  type WebContents,
  app,
  protocol,
  session,
} from 'electron'
import { dirname, join } from 'node:path'
import type { Start } from './contract/start.ts'
import { SMALLEST } from './desk/place.ts'
import { ORIGIN, PAGE, SCHEME, pageServer } from './page.ts'

/** Before `ready`: the page's own scheme, a real secure origin instead of file://. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}

/** Rules for every page that could ever exist in this process. Once, before the first window. */
export function denyByDefault(): void {
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: Electron.Event<Electron.WebContentsWillFrameNavigateEventParams>): void => {
      // Going to where one is already is a reload.
      const again = event.isMainFrame && event.url === contents.getURL() && event.url.startsWith(`${ORIGIN}/`)
      if (!again) event.preventDefault()
    }
    contents.on('will-navigate', stay)
    contents.on('will-frame-navigate', stay)
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  })
}

/** Files of `folder` under app://goready; no permission, no download, nothing else from anywhere. */
function lockSession(target: Session, folder: string, start: () => Start | null): void {
  const serve = pageServer(folder, start)
  // Not `handle`: that loads Node's whole fetch before it can answer, in the middle of the start.
  target.protocol.registerBufferProtocol(SCHEME, (asked, answer) => answer(serve(asked)))
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  target.setPermissionCheckHandler(() => false)
  target.setDevicePermissionHandler(() => false)
  target.on('will-download', (event) => event.preventDefault())
  target.setSpellCheckerEnabled(false)
  // The page needs no network at all; only what it is made of passes.
  target.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !url.startsWith(`${ORIGIN}/`) && !url.startsWith('data:') && !url.startsWith('devtools:') }),
  )
}

export type WindowOptions = {
  /** Holds `preload/` and `renderer/`. */
  out: string
  lang: string | null
  place: { x?: number; y?: number; width: number; height: number }
  /** The page's own ground, so that nothing flashes before it is painted. */
  background: string
  /** The first answers for a page that is loaded now, or null where it is to ask. */
  start(): Start | null
}

/** Opens the program's one window. */
export function openWindow({ out, lang, place, background, start }: WindowOptions): BrowserWindow {
  // The one that Chromium keeps between starts: the page's compiled code lies there.
  const own = session.defaultSession
  lockSession(own, join(out, 'renderer'), start)
  const window = new BrowserWindow({
    ...place,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    backgroundColor: background,
    show: false,
    title: 'GoReady',
    // For window managers that know no desktop file of ours.
    icon: join(dirname(out), 'assets', 'icons', '256x256.png'),
    autoHideMenuBar: true,
    webPreferences: {
      session: own,
      preload: join(out, 'preload', 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // Compiled code counts from the second start on, not from the third.
      v8CacheOptions: 'bypassHeatCheck',
      devTools: !app.isPackaged,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(lang === null ? PAGE : `${PAGE}?lang=${encodeURIComponent(lang)}`)
  return window
}

/** The one place that says whose requests count: the main frame of our window, showing our page. */
export function trustedSender(
  window: () => { webContents: Pick<WebContents, 'mainFrame'> } | null,
): (event: Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>) => boolean {
  return ({ sender, senderFrame }) => {
    const contents = window()?.webContents
    return (
      contents !== undefined &&
      sender === contents &&
      senderFrame !== null &&
      senderFrame === contents.mainFrame &&
      senderFrame.origin === ORIGIN
    )
  }
}
