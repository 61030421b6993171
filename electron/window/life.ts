import { app, type BrowserWindow } from 'electron'
import type { Words } from '../desk/words.ts'
import { watchTasks } from '../desk/watch.ts'
import type { Engine } from '../engine.ts'
import { askClosing } from './closing.ts'
import { notify } from './note.ts'

/** Milliseconds that a program without a window waits to be called back after its work has ended. */
const LINGER = 120_000
/** Milliseconds in which a second crash of the page is not answered by another reload. */
const CRASH_PAUSE = 60_000

export type Life = {
  window(): BrowserWindow | null
  words(): Words
  /** The engine, once it is built. */
  engine(): Engine | null
  /** Saves what is still to be saved. */
  save(): Promise<void>
}

/** Brings the window to the front, wherever it was. */
export function bringBack(window: BrowserWindow | null): void {
  if (window === null || window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

const busy = (engine: Engine | null): boolean =>
  engine?.tasks.list().some(({ kind, state }) => state === 'running' && kind !== 'check') ?? false

/** Taskbar and notifications for what runs. */
export function followTasks(life: Life, engine: Engine): void {
  const back = (): void => bringBack(life.window())
  const follow = watchTasks(() => engine.tasks.list(), {
    // Electron: below 0 nothing, above 1 "something".
    progress: (fraction) =>
      life.window()?.setProgressBar(fraction === null ? -1 : fraction === 'unknown' ? 2 : fraction),
    asked: back,
    ended(kind, state) {
      if (life.window()?.isFocused() === true) return
      const { [state]: title, body } = life.words().note[kind]
      notify(title, body, back)
    },
    idle() {
      if (life.window()?.isVisible() !== false) return
      setTimeout(() => {
        if (life.window()?.isVisible() === false && !busy(engine)) app.quit()
      }, LINGER)
    },
  })
  engine.tasks.subscribe(follow)
}

/** What closing, quitting and a crash of the page mean. */
export function guardLife(window: BrowserWindow, life: Life): void {
  let phase: 'open' | 'asking' | 'leaving' | 'left' = 'open'
  window.on('close', (event) => {
    if (phase === 'leaving' || phase === 'left' || !busy(life.engine())) return
    event.preventDefault()
    if (phase === 'asking') return
    phase = 'asking'
    askClosing(window, life.words()).then(
      (answer) => {
        // The session may have ended while the question stood there.
        if (phase !== 'asking') return
        phase = 'open'
        if (answer === 'background' && busy(life.engine())) window.hide()
        else if (answer !== 'stay') app.quit()
      },
      () => {
        if (phase === 'asking') phase = 'open'
      },
    )
  })
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (phase === 'left') return
    event.preventDefault()
    if (phase === 'leaving') return
    phase = 'leaving'
    void leave(life).then(() => {
      phase = 'left'
      app.quit()
    })
  })
  let crashed = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || phase === 'left' || performance.now() - crashed < CRASH_PAUSE) return
    crashed = performance.now()
    // Not from within the event: Chromium is still taking the dead process apart, and a reload would end the program.
    setImmediate(() => {
      if (!window.isDestroyed()) window.webContents.reload()
    })
  })
}

/** Cancels what runs, waits until it has given back what it changed, ends what is served, and saves the rest. */
async function leave(life: Life): Promise<void> {
  const tasks = life.engine()?.tasks
  tasks?.cancelAll()
  await life
    .engine()
    ?.kit.stop()
    .catch(() => {})
  await Promise.all([...(tasks?.list() ?? []).map(({ id }) => tasks?.settled(id)), life.save().catch(() => {})])
}
