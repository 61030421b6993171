import { app, session } from 'electron'
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { WindowArguments } from '../arguments.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { Desk } from '../desk/desk.ts'
import type { Desktop } from '../desk/desktop.ts'
import { ownCommand } from '../desk/own-command.ts'
import { ownHelper } from '../desk/own-helper.ts'
import type { Language } from '../desk/words.ts'
import type { Engine } from '../engine.ts'

export type BuildParts = {
  places: Places
  options: WindowArguments
  engine(): Promise<Engine>
  speak(chosen: 'auto' | Language): Language
  desktop: Desktop
}

/** What the window does not need for its first pixel is loaded here. */
export async function buildDesk({ places, options, engine, speak, desktop }: BuildParts): Promise<Desk> {
  const [{ openDesk }, { realSystem }, { systemOn }, { appInfo, readLicences }] = await Promise.all([
    import('../desk/desk.ts'),
    import('../system/real.ts'),
    import('../platform/open-system.ts'),
    import('../desk/info.ts'),
  ])
  const sys = systemOn(places, realSystem())
  return openDesk({
    sys,
    places,
    desktop,
    given: options.profile,
    language: ({ language }) => speak(language),
    async checkCatalogue(path) {
      // Each start has a working folder of its own.
      if (!isAbsolute(path)) throw new CodedError('bad-arguments', { reason: 'cli:reason.file', path })
      await (await import('../engine/assets.ts')).loadAssets(path)
    },
    info: async () =>
      appInfo({
        version: app.getVersion(),
        language: options.lang,
        places,
        uid: sys.identity.uid,
        catalogueDate: (await (await engine()).mirrors()).date,
        licences: await readLicences(join(app.getAppPath(), 'out', 'main', 'licences.json')),
      }),
  })
}

/** The engine for the options; `preferred` is the catalogue that the person chose in an earlier start. */
export async function buildEngine(options: WindowArguments, preferred: string | null): Promise<Engine> {
  const { createEngine } = await import('../engine.ts')
  const self = ownCommand({
    packaged: app.isPackaged,
    program: process.execPath,
    folder: app.getAppPath(),
    root: process.getuid?.() === 0,
    path: process.env.PATH ?? '',
    exists: existsSync,
  })
  const helper = ownHelper({
    packaged: app.isPackaged,
    program: process.execPath,
    built: join(app.getAppPath(), 'out', 'node'),
    node: false,
    windows: process.getuid === undefined,
    path: process.env.PATH ?? '',
    exists: existsSync,
  })
  // What the desktop's settings and its scripts say; the tools themselves know only the environment.
  const systemProxy = (url: string): Promise<string> => session.defaultSession.resolveProxy(url)
  const engine = (catalogue: string | null): Promise<Engine> =>
    createEngine({ ...options, catalogue, self, helper, systemProxy })
  if (options.catalogue !== null || preferred === null) return engine(options.catalogue)
  // A chosen catalogue that is gone or broken must not keep the settings page closed.
  return engine(preferred).catch(() => engine(null))
}
