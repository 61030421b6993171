// Gives the Windows program its icon and its name in Explorer, on any system. Not a command.
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

// electron-builder's own: what it puts into the program, and leaves this half of to a downloaded tool.
const require = createRequire(createRequire(import.meta.url).resolve('app-builder-lib'))
const { Data, NtExecutable, NtExecutableResource, Resource } = require('resedit')
const UNICODE = 1200

/** `icons`: a folder of PNG files named by their size; `about`: the texts of the program's properties. */
export async function editResources(program, { icons, version, about }) {
  const executable = NtExecutable.from(await readFile(program))
  const resources = NtExecutableResource.from(executable)
  const [info] = Resource.VersionInfo.fromEntries(resources.entries)
  const [group] = Resource.IconGroupEntry.fromEntries(resources.entries)
  const [language] = info?.getAllLanguagesForStringValues() ?? []
  if (info === undefined || group === undefined || language === undefined)
    throw new Error(`${program} has no icon or no version`)
  Resource.IconGroupEntry.replaceIconsForResource(resources.entries, group.id, group.lang, await images(icons))
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number)
  info.setFileVersion(major, minor, patch, 0, language.lang)
  info.setProductVersion(major, minor, patch, 0, language.lang)
  const codepage = language.codepage || UNICODE
  info.setStringValues({ lang: language.lang, codepage }, { ...about, FileVersion: version, ProductVersion: version })
  info.outputToResourceEntries(resources.entries)
  resources.outputResource(executable)
  await writeFile(program, Buffer.from(executable.generate()))
}

/** PNG in a program's icon is for Windows Vista and later; 256 is the largest that one holds. */
async function images(folder) {
  const sizes = (await readdir(folder)).map((name) => Number(/^(\d+)x\1\.png$/.exec(name)?.[1] ?? 0))
  return Promise.all(
    sizes
      .filter((size) => size > 0 && size <= 256)
      .toSorted((a, b) => a - b)
      .map(async (size) => {
        const bytes = await readFile(join(folder, `${size}x${size}.png`))
        const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
        return Data.RawIconItem.from(exact, size, size, 32)
      }),
  )
}
