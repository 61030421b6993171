import { expect, test } from '@playwright/test'
import { type OpenApp, openApp } from './pages/app.ts'
import { ClassroomPage } from './pages/classroom.ts'
import { lookEverywhere } from './pages/looks.ts'
import { playRoom } from './pages/played-room.ts'
import { playedRoom } from './pages/played-seats.ts'
import { type Lang, Wizard } from './pages/wizard.ts'

// The teacher's page with everything that it can show, language × theme × size: axe finds nothing, nothing is cut off,
// a picture is kept to look at.
test.describe.configure({ timeout: 400_000 })
const SCROLLER = '[role="tabpanel"] > div'
let open: OpenApp

test.afterEach(() => open.close())

async function start(lang: Lang): Promise<ClassroomPage> {
  open = await openApp(['--lang', lang])
  const room = new ClassroomPage(new Wizard(open.page, lang))
  await room.page.getByRole('heading', { level: 1 }).waitFor()
  return room
}

for (const lang of ['zh-CN', 'en'] as const) {
  const look = (name: string, scroll = false) =>
    lookEverywhere(open, `classroom-${name}-${lang}`, {
      scroller: scroll ? SCROLLER : undefined,
      pairs: lang === 'zh-CN' ? 'all' : 'opposite',
    })
  // Looks that differ little from another one: seen in the language whose words are longer.
  const glance = (name: string, scroll = false) => (lang === 'en' ? look(name, scroll) : Promise.resolve())

  test(`${lang}: a room is set up, gone through, and gone through again`, async () => {
    const room = await start(lang)
    await playRoom(open, playedRoom())
    await room.open()
    await glance('begin')
    await room.button('begin.choose').click()
    await expect(room.button('list.edit')).toBeVisible()
    await look('set-up', true)

    await room.button('list.edit').click()
    await room.list.fill('pc[01-40] 192.168.1.[101-140]')
    await expect(room.dialog.getByText(room.say('list.problems_other', { count: 2 }))).toBeVisible()
    await room.page.evaluate(() => {
      for (const fold of document.querySelectorAll('[role="dialog"] details')) fold.setAttribute('open', '')
    })
    await look('list', true)
    await room.button('bar.save_other', { count: 40 }).click()
    await room.button('bar.toSeats').click()

    await expect(room.seat('pc-40')).toBeVisible()
    await glance('waiting')
    await room.button('run.check').click()
    await expect(room.button('run.stop')).toBeVisible()
    await expect(room.seat('pc-20')).toContainText(room.say('state.running'))
    await look('running', true)
  })

  test(`${lang}: a wave had too many failures; one seat’s report; without Ansible`, async () => {
    const room = await start(lang)
    await playRoom(open, playedRoom())
    await room.open()
    await room.button('begin.choose').click()
    await room.tab('seats').click()
    await room.button('run.apply').click()
    await expect(room.button('run.sure.yesApply')).toBeVisible()
    await look('sure')
    await room.button('run.sure.yesApply').click()
    await expect(room.dialog.getByText(room.say('run.stopped'))).toBeVisible()
    await look('stopped', true)
    await room.seat('pc-11').click()
    await expect(room.panel.getByRole('heading', { level: 3 })).toContainText('pc-11')
    await look('failed', true)
    await room.seat('pc-16').click()
    await glance('found')
    await room.dialog.getByRole('button', { name: new RegExp(`^${room.say('state.held')}`) }).click()
    await glance('filtered')
    if (lang === 'zh-CN') return
    await open.close()

    const other = await start(lang)
    const played = playedRoom()
    await playRoom(open, {
      ...played,
      room: { ...played.room, ansible: null, install: { key: 'room:install.linux' } },
    })
    await other.open()
    await other.button('begin.choose').click()
    await other.tab('seats').click()
    await expect(other.button('run.apply')).toBeDisabled()
    await glance('no-ansible')
  })

  test(`${lang}: a kit is made and served`, async () => {
    const room = await start(lang)
    await playRoom(open, playedRoom())
    await room.open()
    await room.tab('kit').click()
    await glance('kit-none', true)
    await room.kitButton('folder.choose').click()
    await expect(room.kitButton('serve.start')).toBeVisible()
    await look('kit', true)
    await room.kitButton('make.update').click()
    await expect(room.kitButton('make.stop')).toBeVisible()
    await glance('kit-making', true)
    await room.kitButton('serve.start').click()
    await expect(room.kitButton('serve.stop')).toBeVisible()
    await look('kit-served')
  })
}
