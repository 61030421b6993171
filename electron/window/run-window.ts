import { app, type BrowserWindow, Menu, nativeTheme, screen } from 'electron'
import type { WindowArguments } from '../arguments.ts'
import type { Start } from '../contract/start.ts'
import type { Desk } from '../desk/desk.ts'
import { readEarly, startOf } from '../desk/early.ts'
import { once } from '../desk/once.ts'
import { openingPlace } from '../desk/place.ts'
import { chooseLanguage, type Language, wordsOf } from '../desk/words.ts'
import type { Engine } from '../engine.ts'
import { connect } from '../ipc/connect.ts'
import { openPlaces } from '../platform/places.ts'
import { openWindow } from '../window.ts'
import { openDesktop } from './desktop.ts'
import { bringBack, followTasks, guardLife, type Life } from './life.ts'
import { setMenu } from './menu.ts'
import { keepPlace } from './keep-place.ts'
import { type BuildParts, buildDesk, buildEngine } from './build.ts'

/** Opens the window first, and builds what answers it beside that. */
export async function runWindow(out: string, options: WindowArguments): Promise<void> {
  // Electron would build one of its own, in English.
  Menu.setApplicationMenu(null)
  await app.whenReady()
  const places = openPlaces({ home: options.home ?? undefined, root: options.root ?? undefined })
  const early = readEarly(places.state)
  const speak = (chosen: 'auto' | Language): Language =>
    chooseLanguage(options.lang, chosen, app.getPreferredSystemLanguages())
  let language = speak(early.language)
  const words = () => wordsOf(language)
  nativeTheme.themeSource = early.theme === 'auto' ? 'system' : early.theme
  let first: Start | null = startOf(early, places, process.geteuid?.() ?? -1, options.profile)
  let window: BrowserWindow | null = openWindow({
    out,
    lang: options.lang,
    place: openingPlace(early.place, workAreas()),
    background: nativeTheme.shouldUseDarkColors ? '#14181b' : '#f4f7f8',
    start() {
      const now = first
      // What a page changes is known only to what it asks: a reloaded one asks again.
      first = null
      return now
    },
  })
  let built: Engine | null = null
  const engine = once(async () => {
    built = await buildEngine(options, early.catalogue)
    connection.events(built)
    followTasks(life, built)
    // Runs that were cut off are settled at once; what cannot be is told by the history and the next run.
    built.settle(new AbortController().signal).catch(() => {})
    return built
  })
  const parts: BuildParts = {
    places,
    options,
    engine,
    speak,
    desktop: openDesktop(
      () => window,
      words,
      ({ language: chosen }) => speakAnew(chosen),
    ),
  }
  const desk = once(() => buildDesk(parts))
  const movedTo = keepPlace(window, early.place)
  const life: Life = {
    window: () => window,
    words,
    engine: () => built,
    async save() {
      const moved = movedTo()
      if (moved !== null) await (await desk()).savePlace(moved)
      if (desk.made !== null) await (await desk.made).idle()
    },
  }
  guardLife(window, life)
  const connection = connect(window, desk, engine)
  const showMenu = (): void =>
    setMenu(words(), { command: connection.command, quit: () => window?.close(), reload: !app.isPackaged })
  function speakAnew(chosen: 'auto' | Language): void {
    language = speak(chosen)
    showMenu()
  }
  window.once('ready-to-show', showMenu)
  window.on('closed', () => {
    window = null
    connection.close()
  })
  app.on('second-instance', (_event, _argv, _folder, data) => {
    // It comes while the last run is given back: then start once more.
    if (window === null) return app.relaunch()
    bringBack(window)
    const profile = givenProfile(data)
    if (profile !== null)
      void desk().then((one: Desk) => {
        one.give(profile)
        connection.command('given-profile')
      })
  })
}

const workAreas = () => [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)

/** What the second start sent along with itself; see main.ts. */
function givenProfile(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('profile' in data)) return null
  return typeof data.profile === 'string' ? data.profile : null
}
