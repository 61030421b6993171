import { extractFile, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importsOf } from '../scripts/package/needed.mjs'
import { eventually } from './harness.ts'
import { projectRoot } from './lab/cache.ts'
import { type Packaged, ended, packaged } from './packaged.ts'

let program: Packaged
let places: readonly string[] = []
beforeAll(async () => {
  program = await packaged()
  places = ['--home', program.home, '--root', program.root]
})
afterAll(() => program.remove())

// The wire holds the characters 0 and 1.
const OFF = 48
const ON = 49

const archive = () => join(program.folder, 'resources', 'app.asar')
const files = () => listPackage(archive(), { isPack: false }).map((path) => path.slice(1))

test('the archive holds what runs and nothing that was only needed to make it', () => {
  const own = files().filter((path) => /\.[a-z]+$/.test(path) && !path.startsWith('node_modules/'))
  for (const path of own)
    expect(path).toMatch(/^(package\.json|out\/(main|preload|renderer)\/.*|assets\/([a-z.-]+\.json|icons\/.*\.png))$/)
  expect(own).toEqual(expect.arrayContaining(['out/main/main.js', 'out/preload/preload.cjs', 'assets/mirrors.json']))
  const odd = files().filter((path) =>
    /\.(map|d\.[cm]?ts|tsx?|node|md)$|\/(tests?|examples?|bench|benchmark)(\/|\.js$)|\/tsconfig|\/\.[a-z]|^node_modules\/(react|@mantine|electron|vite|typescript|cpu-features)\b/.test(
      path,
    ),
  )
  expect(odd).toEqual([])
  const manifest: unknown = JSON.parse(extractFile(archive(), 'package.json').toString('utf8'))
  expect(manifest).not.toHaveProperty('scripts')
  expect(manifest).not.toHaveProperty('devDependencies')
  expect(existsSync(join(program.folder, 'resources', 'app.asar.unpacked'))).toBe(false)
  expect(existsSync(join(program.folder, 'resources', 'default_app.asar'))).toBe(false)
})

test('every package that the program imports is in the archive, with its licence', () => {
  const all = new Set(files())
  const main = [...all].filter((path) => /^out\/main\/.*\.js$/.test(path))
  const locked = new Set(Object.keys(lockedPackages()))
  const names = new Set(main.flatMap((path) => importsOf(extractFile(archive(), path).toString('utf8'))))
  const wanted = [...names].filter((name) => !builtinModules.includes(name) && locked.has(`node_modules/${name}`))
  expect(wanted).toEqual(expect.arrayContaining(['dockerode']))
  for (const name of wanted) expect(all).toContain(`node_modules/${name}/package.json`)
  const packages = [...all].filter((path) => /^node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
  for (const manifest of packages) {
    // A few packages name their licence only in package.json.
    const beside = readdirSync(join(projectRoot(), dirname(manifest))).find((file) =>
      /^licen[cs]e(?!.*\.md$)/i.test(file),
    )
    if (beside !== undefined) expect(all).toContain(`${dirname(manifest)}/${beside}`)
  }
})

function lockedPackages(): object {
  const lock: unknown = JSON.parse(readFileSync(join(projectRoot(), 'package-lock.json'), 'utf8'))
  if (typeof lock !== 'object' || lock === null || !('packages' in lock)) throw new Error('no packages')
  return typeof lock.packages === 'object' && lock.packages !== null ? lock.packages : {}
}

test('the fuses stand at their safe values', async () => {
  const wire = await getCurrentFuseWire(join(program.folder, 'goready-bin'))
  expect(wire).toMatchObject({
    [FuseV1Options.RunAsNode]: OFF,
    [FuseV1Options.EnableCookieEncryption]: ON,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: OFF,
    [FuseV1Options.EnableNodeCliInspectArguments]: OFF,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: ON,
    [FuseV1Options.OnlyLoadAppFromAsar]: ON,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: OFF,
  })
})

test('the helper with administrator rights: for root alone, without arguments, one request that it knows', async () => {
  const nobody = await ended(program.start('goready-elevated', []))
  expect(nobody).toMatchObject({ code: 2, stdout: '' })
  const word = await program.run(['elevated'])
  expect(word).toMatchObject({ code: 2, stdout: '' })
  if (process.getuid?.() !== 0) return
  const root = { uid: 0, gid: 0 }
  expect(await ended(program.start('goready-elevated', ['--root', '/x'], root))).toMatchObject({ code: 2, stdout: '' })
  const said = await ended(program.start('goready-elevated', [], root), '{"op":"run","argv":["sh"]}\n')
  const replies = said.stdout.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]))
  expect(replies, said.stderr).toMatchObject([{ t: 'ready' }, { t: 'failed', error: { code: 'bad-request' } }])
})

test('and they hold: no variable makes a plain Node of it or loads foreign code', async () => {
  const canary = join(program.home, 'canary')
  const evil = join(program.home, 'evil.cjs')
  writeFileSync(evil, `require('node:fs').writeFileSync(${JSON.stringify(canary)}, '')\n`)
  chmodSync(evil, 0o644)
  const env = { ...program.environment, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require=${evil}` }
  const said = await ended(program.start('goready', ['--help'], { env }))
  expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('goready COMMAND') })
  const direct = await ended(program.start('goready-bin', ['--ozone-platform=headless', '--help', evil], { env }))
  expect(direct.stdout).toContain('goready COMMAND')
  expect(existsSync(canary)).toBe(false)
})

test('of the languages of Chromium only two are left', () => {
  expect(readdirSync(join(program.folder, 'locales')).toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'en-US.pak',
    'zh-CN.pak',
  ])
})

test('without a display the wrapper answers, says nothing of its own and leaves nothing in the home', async () => {
  const before = readdirSync(program.home)
  const detect = await program.run(['detect', '--json'])
  expect(detect).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(detect.stdout)).toMatchObject({ os: { platform: 'linux' }, user: { home: program.home } })
  expect(await program.run(['--help'])).toMatchObject({ code: 0, stderr: '' })
  const tags = await program.run(['image', 'tags', '--json', '--timeout', '20', ...places])
  expect(tags).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('"tag":"latest"') })
  expect(readdirSync(program.home)).toEqual(before)
})

test('the exit statuses come through', async () => {
  const wanted = join(program.home, 'a profile.yaml')
  writeFileSync(wanted, 'version: 1\nenv: { set: { GOFLAGS: -mod=mod } }\n')
  const wrong = join(program.home, 'wrong.yaml')
  writeFileSync(wrong, 'version: 1\nsurprise: 1\n')
  expect((await program.run(['plan', '--profile', wanted, ...places])).code).toBe(3)
  expect((await program.run(['plan', '--profile', wrong, ...places])).code).toBe(2)
  expect((await program.run(['image', 'verify', 'golang:1.26', ...places])).code).toBe(1)
  expect((await program.run(['apply', '--yes', '--profile', wanted, ...places])).code).toBe(0)
  expect((await program.run(['plan', '--profile', wanted, ...places])).code).toBe(0)
  expect((await program.run(['undo', ...places])).code).toBe(0)
})

test('arguments arrive as they are, also through a link on PATH', async () => {
  const bin = join(program.home, 'own bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(join(program.folder, 'goready'), join(bin, 'goready'))
  symlinkSync('goready', join(bin, 'go ready'))
  const odd = `no "such" 'thing' $(touch canary) * \\ --`
  const env = { ...program.environment, PATH: `${bin}:${program.environment['PATH'] ?? ''}` }
  const said = await ended(program.start(join(bin, 'go ready'), [odd, '--lang', 'en'], { env }))
  expect(said).toMatchObject({ code: 2, stdout: '' })
  expect(said.stderr).toContain(odd)
  expect(existsSync(join(program.home, 'canary'))).toBe(false)
})

/** A catalogue whose list is far larger than what a pipe holds. */
function largeCatalogue(): string {
  const path = join(program.home, 'catalogue.json')
  const tag = { go: '1.26', size: 1, unpacked: 1 }
  const tags = Array.from({ length: 4000 }, (_, index) => ({ tag: `1.26-x${index}`, ...tag }))
  const minors = [{ minor: '1.26', released: null, ended: null }]
  writeFileSync(path, JSON.stringify({ version: 1, date: '2026-01-01', source: 'test', tags, minors }))
  return path
}

test('a slow reader gets everything, and one that goes away is no error', async () => {
  const args = ['image', 'tags', '--json', '--catalogue', largeCatalogue(), ...places]
  const slow = program.start('goready', args)
  await sleep(1500)
  const { code, stdout } = await ended(slow)
  expect(code).toBe(0)
  expect(stdout.length).toBeGreaterThan(200_000)
  expect(JSON.parse(stdout)).toHaveProperty('tags')
  const left = program.start('goready', args)
  left.stdout?.destroy()
  expect(await ended(left)).toMatchObject({ code: 0, stderr: '' })
})

/** A Docker that takes every question and answers none. */
async function silentDocker(): Promise<Server> {
  const folder = join(program.root, 'var', 'run')
  mkdirSync(folder, { recursive: true })
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve))
  chmodSync(join(folder, 'docker.sock'), 0o777)
  return server
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s cancels: the wrapper is the program itself, the status is 4',
  async (name) => {
    const docker = await silentDocker()
    try {
      let asked = false
      docker.once('request', () => (asked = true))
      const child = program.start('goready', ['image', 'pull', 'golang:1.26', ...places])
      const over = ended(child)
      await eventually('Docker is asked', () => asked)
      child.kill(name)
      expect((await over).code).toBe(4)
    } finally {
      docker.closeAllConnections()
      await new Promise((resolve) => docker.close(resolve))
    }
  },
)

test('on a terminal it asks and hears the answer; the status is kept', async () => {
  const wanted = join(program.home, 'terminal.yaml')
  writeFileSync(wanted, 'version: 1\nenv: { set: { GOFLAGS: -mod=mod } }\n')
  const quoted = [join(program.folder, 'goready'), 'apply', '--profile', wanted, '--lang', 'en', ...places]
    .map((part) => `'${part}'`)
    .join(' ')
  // script gives the program a terminal; its own argument is the one place here that a shell reads.
  const child = program.start('/usr/bin/script', ['-qec', quoted, '/dev/null'])
  let said = ''
  child.stdout?.on('data', (text: Buffer) => (said += text.toString()))
  const over = new Promise<number | null>((resolve) => child.on('close', resolve))
  await eventually('the question', () => /\?|\[y/i.test(said))
  child.stdin?.write('n\n')
  expect(await over).toBe(4)
  expect(said).toContain('\u001b[')
  expect(existsSync(join(program.home, '.config', 'go', 'env'))).toBe(false)
})

test('without a command and without a display it says so and ends', async () => {
  const { DISPLAY: _, ...env } = program.environment
  const said = await ended(program.start('goready', [], { env }))
  expect(said).toMatchObject({ code: 2, stdout: '' })
  expect(said.stderr).toContain('goready --help')
})
