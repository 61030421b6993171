import { expect, test } from '@playwright/test'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLASSROOM_DEFAULTS } from '../electron/contract/classroom.ts'
import { type OpenApp, openApp } from './pages/app.ts'
import { ClassroomPage } from './pages/classroom.ts'
import { freePort, startRealSeat } from './pages/real-seat.ts'
import { Wizard } from './pages/wizard.ts'

// A real room from the window: Ansible, an sshd, GoReady on the seat.
test.describe.configure({ timeout: 240_000 })
const PATIENCE = { timeout: 120_000 }
const PROFILE = 'version: 1\nenv: { set: { GREETING: "你好，305" } }\n'

/** Main's dialogs answer with these from now on. */
async function answerDialogs({ app }: OpenApp, folder: string, file: string): Promise<void> {
  await app.evaluate(
    ({ dialog }, answers) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [answers.folder] })
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: answers.file })
    },
    { folder, file },
  )
}

test('a room of two seats, of which one is off: tried, gone through, told of, given back', async () => {
  const seat = await startRealSeat()
  let open: OpenApp | null = null
  try {
    const given = join(seat.home, '305.goready.yml')
    writeFileSync(given, PROFILE)
    open = await openApp(['--lang', 'zh-CN', '--profile', given])
    const [folder, saved] = [join(open.home, '305'), join(open.home, 'seats.csv')]
    mkdirSync(join(folder, 'group_vars'), { recursive: true })
    // What a person may write beside it: the key, and what the program is called there.
    writeFileSync(join(folder, 'group_vars/all.yml'), `ansible_ssh_private_key_file: ${seat.key}\n`)
    const options = { ...CLASSROOM_DEFAULTS, waves: [1, '100%'] }
    const room = { version: 1, options, executable: seat.executable, only: ['files'], wait: 2 }
    writeFileSync(join(folder, 'room.json'), JSON.stringify(room))
    await answerDialogs(open, folder, saved)

    const wizard = new Wizard(open.page, 'zh-CN')
    const page = new ClassroomPage(wizard)
    await wizard.at('review')
    await page.open()
    await page.button('begin.choose').click()
    await page.list.fill(`seat-1,root@127.0.0.1:${seat.port}\nseat-2,root@127.0.0.1:${await freePort()}\nall,10.0.0.1`)
    await expect(page.dialog.getByText(page.say('list.problems_one', { count: 1 }))).toBeVisible(PATIENCE)
    await page.button('bar.save_other', { count: 2 }).click()
    await page.button('bar.toSeats').click()
    await expect(page.seat('seat-2')).toContainText(page.say('state.waiting'))
    // The program's own records keep what was there.
    const greeting = (): boolean =>
      readdirSync(seat.home, { recursive: true, withFileTypes: true }).some(
        (entry) =>
          entry.isFile() &&
          !entry.parentPath.includes('/.local/state') &&
          entry.name !== '305.goready.yml' &&
          readFileSync(join(entry.parentPath, entry.name), 'utf8').includes('GREETING'),
      )

    await page.button('run.check').click()
    await expect(page.dialog.getByText(page.say('run.ended.check'))).toBeVisible(PATIENCE)
    expect(greeting()).toBe(false)

    await page.button('run.apply').click()
    await page.button('run.sure.yesApply').click()
    await expect(page.button('run.stop')).toBeVisible()
    await expect(page.dialog.getByText(page.say('run.ended.apply'))).toBeVisible(PATIENCE)
    await expect(page.seat('seat-1')).toContainText(page.say('state.well'))
    await expect(page.seat('seat-2')).toContainText(page.say('state.unreachable'))
    await expect(page.panel).toContainText(wizard.say('room:reason.refused'))
    expect(greeting()).toBe(true)

    await page.seat('seat-1').press('Enter')
    await expect(page.panel.getByRole('heading', { level: 3 })).toContainText('seat-1')
    await page.button('report.csv').click()
    await expect(page.dialog.getByText(page.say('report.saved', { path: saved }))).toBeVisible()
    expect(readFileSync(saved, 'utf8')).toContain('seat-2')

    await page.button('seat.undo').click()
    await page.button('run.sure.yesUndo').click()
    await expect(page.seat('seat-1')).toContainText(page.say('state.given-back'), PATIENCE)
    expect(greeting()).toBe(false)
  } finally {
    await open?.close()
    await seat.stop()
  }
})
