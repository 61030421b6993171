import { type ElectronApplication, _electron, type Page } from '@playwright/test'
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The binary that the test run names; a single spec started by hand asks the set-up for it. */
function electron(): string {
  const named = process.env['GOREADY_ELECTRON']
  if (named !== undefined) return named
  return execFileSync(process.execPath, [join(project, 'scripts', 'electron.mjs')], { encoding: 'utf8' }).trim()
}

const START = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), project]

/** Milliseconds; a start takes two seconds, on a busy machine five. */
const LAUNCH_TIMEOUT = 45_000

/** Starts the program once more, beside Playwright, and waits for its end: exit status and standard output. */
export function startAgain(args: readonly string[], home: string): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    const env = { ...environment(), HOME: home }
    const child = execFile(electron(), [...START, ...args], { env, timeout: 20_000 }, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    )
  })
}

export type OpenApp = {
  app: ElectronApplication
  page: Page
  /** Empty folders of its own: nothing of this machine's user is read or written. */
  home: string
  root: string
  close(): Promise<void>
}

/** What stands over the wizard while a profile is asked about. `page.removeLocatorHandler` leaves the answer to a test. */
export const QUESTION = '[data-question="profile"]'

/** Where the program is to live, and what its environment has besides. */
export type Folders = { home: string; root: string; env?: Readonly<Record<string, string>> }

/**
 * Starts the built program with `args` in folders of its own (or in a lab's, which stay) and waits for its window.
 */
export async function openApp(args: readonly string[] = [], lab?: Folders): Promise<OpenApp> {
  const folder = mkdtempSync(join(tmpdir(), 'goready-window-'))
  const home = lab?.home ?? join(folder, 'home')
  const root = lab?.root ?? join(folder, 'root')
  if (lab === undefined) for (const path of [home, root]) mkdirSync(path)
  const app = await _electron.launch({
    executablePath: electron(),
    args: [...START, '--home', home, '--root', root, ...args],
    cwd: folder,
    env: { ...environment(), HOME: home, ...lab?.env },
    // Below the tests' own limit: its error carries what the program has printed, a test's does not.
    timeout: LAUNCH_TIMEOUT,
  })
  patient(app)
  const page = await app.firstWindow()
  // A lab's profile names a checksum database of its own, which a person is asked about first.
  await page.addLocatorHandler(page.locator(QUESTION), async (question) => {
    await question.locator('[data-take]').click()
  })
  return {
    app,
    page,
    home,
    root,
    async close() {
      await app.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * The inspector holds an answer's promise weakly, and main answers at its next turn: a collection in between loses it
 * ("Resulting promise was garbage collected"). What the tests ask of main may be asked twice.
 */
function patient(app: ElectronApplication): void {
  const once = app.evaluate.bind(app)
  const evaluate = async (...args: readonly unknown[]): Promise<unknown> => {
    for (let tries = 0; ; tries++)
      try {
        const answer: unknown = await Reflect.apply(once, app, args)
        return answer
      } catch (error) {
        if (tries === 3 || !String(error).includes('promise was garbage collected')) throw error
      }
  }
  Object.defineProperty(app, 'evaluate', { value: evaluate })
}

/** What the program inherits, without what would make Electron a plain Node or point at this user's folders. */
function environment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^(ELECTRON_RUN_AS_NODE|XDG_.*|DOCKER_.*)$/.test(name),
  )
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']))
}
