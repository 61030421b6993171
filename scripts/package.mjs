// Usage: node scripts/package.mjs [dir|deb|AppImage|nsis|zip|portable|dmg …] — makes the installed program in dist/ (default: dir, unpacked; prints its folder).
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Stop, cache, capture, isCommand, main, progress, readText, root, tool, tools, writeText } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build, locked } from './build.mjs'
import { neededPackages } from './package/needed.mjs'

const CONFIG = 'electron-builder.yml'
/** What the result is made of, besides Electron. */
const SOURCES = [
  'out/main',
  'out/preload',
  'out/renderer',
  'assets',
  CONFIG,
  'package.json',
  'package-lock.json',
  'scripts/package',
  'scripts/package.mjs',
]
const FOLDERS = { linux: 'linux-unpacked', win32: 'win-unpacked', darwin: 'mac' }
const SUFFIX = process.arch === 'x64' ? '' : `-${process.arch}`
const stamp = join(cache, 'package.json')

/** Where `dir` puts the program. */
export const unpacked = join(
  root,
  'dist',
  `${FOLDERS[process.platform]}${process.platform === 'darwin' && SUFFIX === '' ? '' : SUFFIX}`,
)

/** Makes `dist/…-unpacked`, unless what it is made of has not changed. `electron` is the set-up's binary. Answers the folder. */
export async function packageProgram(electron) {
  await build(['window'])
  await locked(async () => {
    const state = stateOf(electron)
    if (readText(stamp) === state && existsSync(unpacked)) return
    await rm(stamp, { force: true })
    await run(electron, ['dir'])
    await writeText(stamp, state)
  })
  return unpacked
}

function stateOf(electron) {
  const hash = createHash('sha256').update(electron).update(versionOf(electron))
  const visit = (path) => {
    const full = join(root, path)
    const entries = readdirSync(dirname(full), { withFileTypes: true })
    const entry = entries.find(({ name }) => join(dirname(full), name) === full)
    if (entry?.isDirectory()) for (const name of readdirSync(full).toSorted()) visit(`${path}/${name}`)
    else if (entry?.isFile()) hash.update(path).update('\0').update(readFileSync(full))
  }
  for (const path of SOURCES) visit(path)
  return hash.digest('hex')
}

/** The folder of an Electron distribution, from its program. */
const distOf = (electron) =>
  process.platform === 'darwin' ? dirname(dirname(dirname(dirname(electron)))) : dirname(electron)

/** What the distribution itself says: it may be another one than the package in node_modules. */
function versionOf(electron) {
  const version = readText(join(distOf(electron), 'version'))
    ?.trim()
    .replace(/^v/, '')
  if (!version) throw new Stop(`There is no file "version" in ${distOf(electron)}.`)
  return version
}

async function run(electron, targets) {
  const { parse } = await import('yaml')
  const settings = parse(readFileSync(join(root, CONFIG), 'utf8'))
  const config = join(cache, 'electron-builder.json')
  await mkdir(cache, { recursive: true })
  for (const entry of settings.files)
    if (entry.from === 'node_modules') entry.filter.unshift(...neededPackages().map((name) => `${name}/**`))
  const electronSettings = { electronDist: distOf(electron), electronVersion: versionOf(electron) }
  await writeFile(config, JSON.stringify({ ...settings, ...electronSettings }, null, 2))
  const platform = { linux: '--linux', win32: '--win', darwin: '--mac' }[process.platform]
  const argv = tool(
    tools.electronBuilder,
    platform,
    ...targets,
    '--config',
    config,
    '--projectDir',
    root,
    '--publish',
    'never',
  )
  const { code, output } = await progress(`Packaging (${targets.join(' ')})`, () =>
    capture(argv, { env: environment() }),
  )
  if (code !== 0) throw new Stop(`${output.trim()}\nPackaging failed.`)
}

/** Archives need 7za and deb needs fpm; what the system has is used instead of a download. */
function environment() {
  const env = {
    ...process.env,
    ELECTRON_BUILDER_CACHE: join(cache, 'electron-builder'),
    NO_COLOR: '1',
    CSC_IDENTITY_AUTO_DISCOVERY: 'false',
  }
  // The copy of Electron is changed in place; its source must not be.
  delete env.USE_HARD_LINKS
  delete env.VITEST
  const found = (name) =>
    (process.env.PATH ?? '')
      .split(':')
      .map((folder) => join(folder, name))
      .find((path) => existsSync(path))
  for (const [variable, name] of [
    ['ELECTRON_BUILDER_7ZIP_PATH', '7za'],
    ['CUSTOM_FPM_PATH', 'fpm'],
  ]) {
    const path = found(name)
    if (path !== undefined && !env[variable]) env[variable] = path
  }
  return env
}

if (isCommand(import.meta.url))
  await main(async (targets) => {
    const electron = await setUp({ needs: ['modules', 'window', 'electron'] })
    const unknown = targets.find((name) => !/^(dir|deb|AppImage|nsis|zip|portable|dmg)$/.test(name))
    if (unknown !== undefined)
      throw new Stop(
        `Unknown target: ${unknown}. Usage: node scripts/package.mjs [dir|deb|AppImage|nsis|zip|portable|dmg …]`,
      )
    if (targets.every((name) => name === 'dir')) process.stdout.write(`${await packageProgram(electron)}\n`)
    else {
      await build(['window'])
      await locked(() => run(electron, targets))
    }
  })
