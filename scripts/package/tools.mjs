// The programs that electron-builder would download, where this system has them. Not a command.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The path of a program, or null. */
export function foundOnPath(name, path = process.env.PATH ?? '') {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not in this one.
    }
  }
  return null
}

/** Variables for electron-builder. Without a real fpm, but with dpkg-deb, our own stands in; what is set already stays. */
export function toolsOf(env) {
  const find = (name) => foundOnPath(name, env.PATH)
  const own = find('dpkg-deb') === null ? null : fileURLToPath(new URL('fpm.mjs', import.meta.url))
  const found = { ELECTRON_BUILDER_7ZIP_PATH: find('7za'), CUSTOM_FPM_PATH: find('fpm') ?? own }
  return Object.fromEntries(Object.entries(found).filter(([name, path]) => path !== null && !env[name]))
}
