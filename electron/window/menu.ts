import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { Command } from '../contract/bridge.ts'
import type { Words } from '../desk/words.ts'

export type MenuActions = {
  command(command: Command): void
  quit(): void
  /** Only where the program is being worked on. */
  reload: boolean
}

/** The program's menu in the person's language. */
export function setMenu({ menu }: Words, { command, quit, reload }: MenuActions): void {
  const asks = (label: string, name: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => command(name),
  })
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const view: MenuItemConstructorOptions[] = [
    { role: 'zoomIn', label: menu['zoom-in'], accelerator: 'CmdOrCtrl+Plus' },
    // The same key without Shift, on the main block and on the number block.
    {
      role: 'zoomIn',
      label: menu['zoom-in'],
      accelerator: 'CmdOrCtrl+=',
      visible: false,
      acceleratorWorksWhenHidden: true,
    },
    { role: 'zoomOut', label: menu['zoom-out'] },
    { role: 'resetZoom', label: menu['zoom-reset'] },
    separator,
    { role: 'togglefullscreen', label: menu['full-screen'] },
    ...(reload ? [separator, { role: 'reload' as const, label: menu.reload }] : []),
  ]
  const template: MenuItemConstructorOptions[] = [
    {
      label: menu.file,
      submenu: [
        asks(menu.open, 'open-profile', 'CmdOrCtrl+O'),
        asks(menu.export, 'export-profile', 'CmdOrCtrl+S'),
        separator,
        asks(menu.classroom, 'classroom'),
        asks(menu.settings, 'settings', 'CmdOrCtrl+,'),
        separator,
        { label: menu.quit, accelerator: 'CmdOrCtrl+Q', click: quit },
      ],
    },
    {
      label: menu.edit,
      submenu: [
        { role: 'undo', label: menu.undo },
        { role: 'redo', label: menu.redo },
        separator,
        { role: 'cut', label: menu.cut },
        { role: 'copy', label: menu.copy },
        { role: 'paste', label: menu.paste },
        { role: 'selectAll', label: menu['select-all'] },
      ],
    },
    { label: menu.view, submenu: view },
    { label: menu.help, submenu: [asks(menu.about, 'about', 'F1')] },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
