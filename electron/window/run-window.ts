import { app, type BrowserWindow, nativeTheme, screen } from 'electron'
import type { WindowArguments } from '../arguments.ts'
import type { Desk } from '../desk/desk.ts'
import { readEarly } from '../desk/early.ts'
import { openingPlace } from '../desk/place.ts'
import { chooseLanguage, wordsOf } from '../desk/words.ts'
import type { Engine } from '../engine.ts'
import { connect } from '../ipc/connect.ts'
import { openPlatform } from '../platform/index.ts'
import { openWindow } from '../window.ts'
import { openDesktop } from './desktop.ts'

export type Start = { out: string; options: WindowArguments }

/** Opens the window first, and builds what answers it beside that. */
export async function runWindow({ out, options }: Start): Promise<void> {
  await app.whenReady()
  const { places } = openPlatform({ home: options.home ?? undefined, root: options.root ?? undefined })
  const early = readEarly(places.state)
  let language = chooseLanguage(options.lang, early.language, app.getPreferredSystemLanguages())
  nativeTheme.themeSource = early.theme === 'auto' ? 'system' : early.theme
  const areas = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea)
  let window: BrowserWindow | null = openWindow({
    out,
    lang: options.lang,
    place: openingPlace(early.place, areas),
    background: nativeTheme.shouldUseDarkColors ? '#14181b' : '#f4f7f8',
  })
  const engine = once(() => openEngine(options, early.catalogue))
  const desk = once(async (): Promise<Desk> => {
    const [{ openDesk }, { realSystem }, { appInfo }] = await Promise.all([
      import('../desk/desk.ts'),
      import('../system/real.ts'),
      import('../desk/info.ts'),
    ])
    return openDesk({
      sys: realSystem(),
      state: places.state,
      desktop: openDesktop(
        () => window,
        () => wordsOf(language),
        (preferences) => {
          language = chooseLanguage(options.lang, preferences.language, app.getPreferredSystemLanguages())
        },
      ),
      given: options.profile,
      info: async () =>
        appInfo({
          version: app.getVersion(),
          language: options.lang,
          places,
          uid: process.getuid?.() ?? -1,
          catalogueDate: (await engine()).mirrors().date,
          licences: [],
        }),
      language: ({ language: chosen }) => chooseLanguage(options.lang, chosen, app.getPreferredSystemLanguages()),
    })
  })
  const connection = connect(window, desk, engine)
  window.on('closed', () => {
    window = null
    connection.close()
  })
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
}

async function openEngine(options: WindowArguments, preferred: string | null): Promise<Engine> {
  const { createEngine } = await import('../engine.ts')
  if (options.catalogue !== null || preferred === null) return createEngine(options)
  // A chosen catalogue that is gone or broken must not keep the settings page closed.
  return createEngine({ ...options, catalogue: preferred }).catch(() => createEngine(options))
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
