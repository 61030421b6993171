import { app, type BrowserWindow, clipboard, dialog, nativeTheme, shell } from 'electron'
import { extname, join } from 'node:path'
import type { Preferences } from '../contract/wizard.ts'
import type { Desktop } from '../desk/desktop.ts'
import { type Words } from '../desk/words.ts'

/** The real desktop: Electron's dialogs over our window, clipboard, browser. */
export function openDesktop(
  window: () => BrowserWindow | null,
  words: () => Words,
  preferred: (preferences: Preferences) => void,
): Desktop {
  return {
    async chooseFile(what) {
      const { dialog: texts } = words()
      const kinds = {
        profile: { title: texts.open, filter: { name: texts.yaml, extensions: ['yaml', 'yml'] } },
        'go-mod': { title: texts['go-mod'], filter: { name: 'go.mod', extensions: ['mod'] } },
        certificate: { title: texts.certificate, filter: { name: 'PEM', extensions: ['pem', 'crt', 'cer', 'cert'] } },
        key: { title: texts.key, filter: { name: 'PEM', extensions: ['pem', 'key'] } },
      }
      const { title, filter } = kinds[what]
      const options = {
        title,
        properties: ['openFile' as const],
        filters: [filter, { name: texts.any, extensions: ['*'] }],
      }
      const over = window()
      const { canceled, filePaths } = await (over === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(over, options))
      return canceled ? null : (filePaths[0] ?? null)
    },
    async chooseFolder(what) {
      const options = {
        title: words().dialog[what],
        properties: ['openDirectory' as const, 'createDirectory' as const],
      }
      const over = window()
      const { canceled, filePaths } = await (over === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(over, options))
      return canceled ? null : (filePaths[0] ?? null)
    },
    async chooseTarget(name) {
      const { dialog: texts } = words()
      const ending = extname(name).slice(1)
      const yaml = /^ya?ml$/.test(ending)
      const options = {
        title: yaml ? texts.export : texts.save,
        // A bare name would mean whatever folder the program was started in.
        defaultPath: join(app.getPath('home'), name),
        filters: [
          yaml
            ? { name: texts.yaml, extensions: ['yaml', 'yml'] }
            : { name: ending.toUpperCase(), extensions: [ending] },
        ],
        properties: ['showOverwriteConfirmation' as const],
      }
      const over = window()
      const { canceled, filePath } = await (over === null
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(over, options))
      return canceled || filePath === '' ? null : filePath
    },
    copy: (text) => clipboard.writeText(text),
    browse: (url) => shell.openExternal(url),
    startFor(home) {
      app.relaunch({ args: [...process.argv.slice(1), '--home', home] })
      app.quit()
    },
    prefer(preferences) {
      nativeTheme.themeSource = preferences.theme === 'auto' ? 'system' : preferences.theme
      preferred(preferences)
    },
  }
}
