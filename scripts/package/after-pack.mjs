// Hook of electron-builder: fuses, the command line's wrapper, what the Electron distribution has too much. Not a command.
import { FuseV1Options, FuseVersion } from '@electron/fuses'
import { chmod, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { editResources } from './windows-resources.mjs'

/** Each fuse's state. The program is what its archive says, and no variable or argument makes it another one. */
export const FUSES = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Checked by macOS and Windows; elsewhere it means nothing yet.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
}

export default async function afterPack(context) {
  const { appOutDir, electronPlatformName, packager } = context
  const resources = packager.getResourcesDir(appOutDir)
  // An unpacked Electron brings its own example and version with it.
  await rm(join(resources, 'default_app.asar'), { force: true })
  await rm(join(appOutDir, 'version'), { force: true })
  // Not by `electronFuses`: that would look for the program after its name changed below.
  await packager.addElectronFuses(context, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: electronPlatformName === 'darwin',
    ...FUSES,
  })
  if (electronPlatformName === 'win32') await finishWindows(appOutDir, packager)
  if (electronPlatformName === 'linux') await wrap(join(appOutDir, packager.executableName))
}

async function finishWindows(folder, { appInfo, projectDir }) {
  await editResources(join(folder, `${appInfo.productFilename}.exe`), {
    icons: join(projectDir, 'assets', 'icons'),
    version: appInfo.version,
    about: {
      ProductName: appInfo.productName,
      FileDescription: appInfo.productName,
      CompanyName: appInfo.companyName,
      LegalCopyright: appInfo.copyright,
      InternalName: appInfo.productName,
      OriginalFilename: `${appInfo.productFilename}.exe`,
    },
  })
  // The command line's wrapper, whose lines end as cmd wants them.
  const text = await readFile(new URL('goready.cmd', import.meta.url), 'utf8')
  await writeFile(join(folder, 'goready.cmd'), text.replaceAll(/\r?\n/g, '\r\n'))
}

/** Puts the wrapper into the program's place, so that menus, packages and PATH all go through it; beside it the helper's. */
async function wrap(program) {
  await rename(program, `${program}-bin`)
  for (const [name, target] of [
    ['goready.sh', program],
    ['goready-elevated.sh', `${program}-elevated`],
  ]) {
    await copyFile(fileURLToPath(new URL(name, import.meta.url)), target)
    await chmod(target, 0o755)
  }
}
