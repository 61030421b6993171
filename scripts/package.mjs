// Usage: node scripts/package.mjs [dir|deb|AppImage|win-dir|zip|nsis|portable|dmg …] — makes the installed program and its packages in dist/ (default: all that can be made here).
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Stop, cache, capture, isCommand, main, progress, readText, root, say, tool, tools, writeText } from './lib.mjs'
import { WINDOWS_FALLBACK, electronBinary } from './electron.mjs'
import { installPackages } from './packages.mjs'
import { setUp } from './setup.mjs'
import { build, locked } from './build.mjs'
import { neededPackages } from './package/needed.mjs'
import { TARGETS, possible, systemOf } from './package/targets.mjs'
import { foundOnPath, toolsOf } from './package/tools.mjs'

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
const FLAGS = { linux: '--linux', win32: '--win', darwin: '--mac' }
const SUFFIX = process.arch === 'x64' ? '' : `-${process.arch}`
export const dist = join(root, 'dist')

/** Where `dir` puts the program of a system. Another system's is always for x64. */
function unpackedOf(system) {
  const suffix = system === process.platform ? SUFFIX : ''
  return join(dist, `${FOLDERS[system]}${system === 'darwin' && SUFFIX === '' ? '' : suffix}`)
}

/** Makes `dist/…-unpacked`, unless what it is made of has not changed. Answers the folder. */
async function packageFolder(electron, system) {
  const folder = unpackedOf(system)
  await once(`package-${system}`, stateOf(electron), folder, () => run(electron, system, ['dir']))
  return folder
}

/** Makes a target from the unpacked program; its result is found by its name's end. */
async function packageTarget(electron, target) {
  const system = systemOf(target)
  const folder = await packageFolder(electron, system)
  const state = `${stateOf(electron)} ${process.env.FPM_XZ_LEVEL ?? ''}`
  const { ending } = TARGETS[target]
  const result = () => readdirSync(dist).find((name) => ending.test(name))
  const stamp = `package-${target}`
  await once(stamp, state, result() === undefined ? null : join(dist, result()), async () => {
    for (const name of existsSync(dist) ? readdirSync(dist) : []) if (ending.test(name)) await rm(join(dist, name))
    await run(electron, system, [target], ['--prepackaged', folder])
  })
  return join(dist, result())
}

/** Does the work unless its stamp says that this was made of this. */
async function once(name, state, result, work) {
  const stamp = join(cache, `${name}.txt`)
  if (readText(stamp) === state && result !== null && existsSync(result)) return
  await rm(stamp, { force: true })
  await work()
  await writeText(stamp, state)
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
const distOf = (electron) => (electron.endsWith('/MacOS/Electron') ? join(electron, '../../../..') : dirname(electron))

/** What the distribution itself says: it may be another one than the package in node_modules. */
function versionOf(electron) {
  const version = readText(join(distOf(electron), 'version'))
    ?.trim()
    .replace(/^v/, '')
  if (!version) throw new Stop(`There is no file "version" in ${distOf(electron)}.`)
  return version
}

async function run(electron, system, targets, more = []) {
  const { parse } = await import('yaml')
  const settings = parse(readFileSync(join(root, CONFIG), 'utf8'))
  const config = join(cache, 'electron-builder.json')
  await link()
  for (const entry of settings.files)
    if (entry.from === 'node_modules') entry.filter.unshift(...neededPackages().map((name) => `${name}/**`))
  const electronSettings = { electronDist: distOf(electron), electronVersion: versionOf(electron) }
  await writeFile(config, JSON.stringify({ ...settings, ...electronSettings }, null, 2))
  const options = ['--config', config, '--projectDir', root, '--publish', 'never', ...more]
  const architecture = system === process.platform ? [] : ['--x64']
  const argv = tool(tools.electronBuilder, FLAGS[system], ...targets, ...architecture, ...options)
  const { code, output } = await progress(`Packaging (${FLAGS[system].slice(2)} ${targets.join(' ')})`, () =>
    capture(argv, { env: environment() }),
  )
  if (code !== 0) throw new Stop(`${output.trim()}\nPackaging failed.`)
}

/** What the deb puts on PATH: a link that dpkg owns. */
async function link() {
  const folder = join(cache, 'package')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await symlink('/opt/GoReady/goready', join(folder, 'goready'))
}

/** Archives need 7za and deb needs fpm; what is here is used instead of a download. */
function environment() {
  const env = {
    ...process.env,
    ...toolsOf(process.env),
    ELECTRON_BUILDER_CACHE: join(cache, 'electron-builder'),
    NO_COLOR: '1',
    CSC_IDENTITY_AUTO_DISCOVERY: 'false',
  }
  // The copy of Electron is changed in place; its source must not be.
  delete env.USE_HARD_LINKS
  delete env.VITEST
  return env
}

/** The Electron of a system: the set-up's own, or the one for packaging another system's program. */
function electronFor(system, own) {
  if (system === process.platform) return own
  if (system === 'win32') {
    const { ELECTRON_OVERRIDE_DIST_PATH: _, ...env } = process.env
    return electronBinary({ platform: 'win32-x64', fallback: WINDOWS_FALLBACK, env })
  }
  throw new Stop(`${system === 'darwin' ? 'macOS' : system} packages are made on that system alone.`)
}

const USAGE = `Usage: node scripts/package.mjs [${Object.keys(TARGETS).join('|')} …]`

/** Makes what is named. Answers the paths. */
async function make(names, own) {
  const made = []
  for (const name of names) {
    const electron = await electronFor(systemOf(name), own)
    if (TARGETS[name].folder) made.push(await packageFolder(electron, systemOf(name)))
    else made.push(await packageTarget(electron, name))
  }
  return made
}

if (isCommand(import.meta.url))
  await main(async (named) => {
    const unknown = named.find((name) => !(name in TARGETS))
    if (unknown !== undefined) throw new Stop(`Unknown target: ${unknown}. ${USAGE}`)
    const electron = await setUp({ needs: ['modules', 'window', 'electron'] })
    // Whoever may not install it reads below what is missing.
    const archives = named.length === 0 || named.includes('zip')
    if (archives && foundOnPath('7za') === null && process.getuid?.() === 0)
      await installPackages('package').catch((error) => say(error.message))
    const { here, elsewhere } = possible({ system: process.platform, has: (name) => foundOnPath(name) !== null })
    await build(['window'])
    await locked(async () => {
      for (const path of await make(named.length > 0 ? named : here, electron)) process.stdout.write(`${path}\n`)
    })
    if (named.length === 0) for (const { name, why } of elsewhere) say(`not made: ${name.padEnd(8)} ${why}`)
  })
