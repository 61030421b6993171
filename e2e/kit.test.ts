import { createHash, X509Certificate } from 'node:crypto'
import { cp, link, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KIT_MANIFEST, type KitManifest, kitManifestSchema } from '../electron/contract/kit.ts'
import { CodedError } from '../electron/core/errors.ts'
import { openFolder } from '../electron/kit/source.ts'
import { bringIn, profileOf } from '../electron/kit/use.ts'
import { verifyKit } from '../electron/kit/verify.ts'
import { labEngine, labPlaces, never, sys } from './docker-helpers.ts'
import { errorOf, eventually, goready, type Outcome, type Running, type RunOptions, start, tree } from './harness.ts'
import { IMAGE, layOut, makeArgs, startProject, type Wares } from './kit/wares.ts'
import { type Lab, startLab } from './lab/lab.ts'
import { must, run } from './lab/process.ts'

let lab: Lab
let wares: Wares
let kit: string
let seat: string
const netns = `grkits${process.pid}`
const TAR = 'images/golang_1.26-alpine.tar'
/** The teacher's end of the cable to the seat; the machine has other addresses besides. */
const [TEACHER, SEAT] = ['10.213.77.1', '10.213.77.2']
const veth = `grkv${process.pid % 10_000}`

beforeAll(async () => {
  lab = await startLab()
  wares = await layOut(lab)
  kit = join(lab.dir, 'kit 套件')
  seat = join(lab.dir, 'seat')
  await mkdir(seat)
  await must(['ip', 'netns', 'add', netns])
  await must(['ip', 'link', 'add', veth, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns])
  await must(['ip', 'addr', 'add', `${TEACHER}/30`, 'dev', veth])
  await must(['ip', 'link', 'set', veth, 'up'])
  await must(['ip', '-n', netns, 'addr', 'add', `${SEAT}/30`, 'dev', 'eth0'])
  await must(['ip', '-n', netns, 'link', 'set', 'eth0', 'up'])
})
afterAll(async () => {
  await run(['ip', 'link', 'del', veth])
  await run(['ip', 'netns', 'del', netns])
  await wares?.npm.stop()
  await lab?.stop()
  expect(await lab?.leftovers()).toEqual([])
})

const onSeat = (args: readonly string[], options: RunOptions = {}): Promise<Outcome> =>
  goready(lab, args, { home: seat, netns, ...options })
const inSeat = (argv: readonly [string, ...string[]], env: Record<string, string> = {}) =>
  run(['nsenter', `--net=/run/netns/${netns}`, '--', ...argv], {
    cwd: join(seat, 'lesson'),
    env: { PATH: process.env.PATH, HOME: seat, ...env },
  })
const manifestOf = async (folder: string): Promise<KitManifest> =>
  kitManifestSchema.parse(JSON.parse(await readFile(join(folder, KIT_MANIFEST), 'utf8')))
const made = (outcome: Outcome) => outcome.last.result as { files: number; bytes: number; kept: number }

test('make: cut off in the middle it is no kit, and goes on; a second one beside it is refused', async () => {
  lab.goproxy.faults.stall(0)
  const first = start(lab, makeArgs(wares, kit))
  await eventually('the image is saved', async () => first.said().includes('kit:note.go'), 120)
  const second = await goready(lab, makeArgs(wares, kit))
  expect(errorOf(second).code).toBe('busy')
  first.interrupt()
  expect((await first.done).code).toBe(4)
  lab.goproxy.faults.clear()
  expect(await readdir(kit)).not.toContain(KIT_MANIFEST)
  expect(errorOf(await goready(lab, ['kit', 'verify', kit, '--json'])).code).toBe('kit-incomplete')

  const outcome = await goready(lab, makeArgs(wares, kit))
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  // The image was there already.
  const { size } = await stat(join(kit, TAR))
  expect(made(outcome).kept).toBeGreaterThanOrEqual(size)
  const manifest = await manifestOf(kit)
  expect(manifest).toMatchObject({
    images: [{ reference: IMAGE, platform: 'linux/amd64' }],
    go: {
      sumdb: lab.goproxy.sumdb,
      modules: expect.arrayContaining([expect.objectContaining({ path: 'example.test/Room/Chain' })]),
    },
    npm: { packages: expect.arrayContaining([expect.objectContaining({ name: '@room/right', version: '1.0.0' })]) },
    installers: [{ file: 'installers/goready_0.1.0_amd64.deb', system: 'linux' }],
  })
  expect(manifest.go?.modules).toHaveLength(3)
  for (const { path } of manifest.files) expect(path).not.toMatch(/[:A-Z?*"<>|]/)
  expect((await goready(lab, ['kit', 'verify', kit, '--json'])).code).toBe(0)
})

test('damaged: verify names the file, use refuses it, make mends just that', async () => {
  const file = join(kit, TAR)
  const bytes = await readFile(file)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await writeFile(file, bytes)
  for (const args of [
    ['kit', 'verify', kit],
    ['kit', 'use', kit, '--yes'],
    ['kit', 'serve', kit, '--interface', '127.0.0.1'],
  ]) {
    const outcome = await goready(lab, [...args, '--json'], { home: seat })
    expect(errorOf(outcome)).toMatchObject({ code: 'kit-damaged', values: { path: TAR } })
  }
  const mended = await goready(lab, makeArgs(wares, kit))
  expect(mended.code).toBe(0)
  expect(made(mended).bytes - made(mended).kept).toBeLessThan(bytes.length + 400_000)
  const whole = await goready(lab, makeArgs(wares, kit))
  expect(made(whole).bytes - made(whole).kept).toBeLessThan(400_000)
  expect((await goready(lab, ['kit', 'verify', kit, '--json'])).code).toBe(0)
})

/** A copy of the kit, changed by a stranger, who fits the list to it. */
async function hostile(name: string, change: (folder: string, manifest: KitManifest) => Promise<unknown>) {
  const folder = join(lab.dir, `hostile-${name}`)
  await cp(kit, folder, { recursive: true, filter: (path) => !path.endsWith('.tar') })
  // It is large, and whoever changes it makes another file.
  await link(join(kit, TAR), join(folder, TAR))
  const manifest = await manifestOf(folder)
  const answer = await change(folder, manifest)
  const list = answer === undefined ? manifest : answer
  await writeFile(join(folder, KIT_MANIFEST), typeof list === 'string' ? list : JSON.stringify(list))
  return folder
}
async function rewrite(folder: string, manifest: KitManifest, path: string, text: string | Buffer): Promise<void> {
  await rm(join(folder, path))
  await writeFile(join(folder, path), text)
  const entry = manifest.files.find((one) => one.path === path)
  if (entry === undefined) throw new Error(path)
  entry.size = Buffer.byteLength(text)
  entry.sha256 = createHash('sha256').update(text).digest('hex')
}

test('a stranger’s kit is refused before anything is done', async () => {
  await lab.docker('rmi', IMAGE)
  const strangers: [string, string, Parameters<typeof hostile>[1]][] = [
    [
      'traversal',
      'kit-damaged',
      async (_, manifest) => void (manifest.files[0] = { path: '../out', size: 1, sha256: 'a'.repeat(64) }),
    ],
    [
      'absolute',
      'kit-damaged',
      async (_, manifest) => void (manifest.files[0] = { path: '/etc/passwd', size: 1, sha256: 'a'.repeat(64) }),
    ],
    [
      'twice',
      'kit-damaged',
      async (_, manifest) => void manifest.files.push({ path: 'PROFILE.goready.yml', size: 1, sha256: 'a'.repeat(64) }),
    ],
    [
      'huge',
      'kit-damaged',
      async (_, manifest) => void manifest.files.push({ path: 'big', size: 2 ** 50, sha256: 'a'.repeat(64) }),
    ],
    ['bomb', 'kit-damaged', async () => '{"version":'],
    [
      'proto',
      'kit-damaged',
      async (_, manifest) => JSON.stringify(manifest).replace('{"version"', '{"__proto__":{},"extra":1,"version"'),
    ],
    [
      'link',
      'kit-damaged',
      async (folder) => {
        await rm(join(folder, 'catalogue.json'))
        await symlink('/etc/passwd', join(folder, 'catalogue.json'))
      },
    ],
    [
      'folder-link',
      'kit-damaged',
      async (folder) => {
        await rm(join(folder, 'installers'), { recursive: true })
        await symlink(join(kit, 'installers'), join(folder, 'installers'))
      },
    ],
    [
      'other-image',
      'kit-damaged',
      async (folder, manifest) => rewrite(folder, manifest, TAR, await otherName(join(kit, TAR))),
    ],
    [
      'greedy',
      'bad-profile',
      async (folder, manifest) =>
        rewrite(
          folder,
          manifest,
          'profile.goready.yml',
          `version: 1\nimage: ${IMAGE}\nenv: { set: { GREETING: hello } }\n`,
        ),
    ],
    [
      'other-source',
      'bad-profile',
      async (folder, manifest) =>
        rewrite(folder, manifest, 'profile.goready.yml', 'version: 1\nsources: { pip: "https://pip.example" }\n'),
    ],
    ['no-check', 'bad-profile', async (_, manifest) => void (manifest.go !== null && (manifest.go.sumdb = 'off'))],
  ]
  for (const [name, code, change] of strangers) {
    const folder = await hostile(name, change)
    const answer = await take(folder).catch((error: unknown) => error)
    expect(`${name}: ${answer instanceof CodedError ? answer.code : String(answer)}`).toBe(`${name}: ${code}`)
    await rm(folder, { recursive: true })
  }
  expect(await lab.docker('images', '-q')).toBe('')
})

/** What `kit use` does with a folder, up to the plan. */
async function take(folder: string): Promise<string> {
  const places = { ...labPlaces(lab), cache: join(lab.dir, 'stranger-cache') }
  const { manifest } = await verifyKit(folder, () => {}, never)
  const source = await openFolder(folder, manifest)
  await profileOf(source, places, never)
  await bringIn(source, { sys, places, engine: () => labEngine(lab) }, () => {}, never)
  return 'taken'
}

/** The archive with another name for the image, of the same length. */
async function otherName(path: string): Promise<Buffer> {
  const text = (await readFile(path)).toString('latin1')
  return Buffer.from(text.replaceAll('"golang:1.26-alpine"', '"ubuntu:1.26-alpine"'), 'latin1')
}

test('served to one network only; a seat there uses it by its fingerprint, and another one refuses it', async () => {
  await startProject(wares, join(seat, 'lesson'))
  for (const wrong of ['0.0.0.0', '::', '10.213.77.9', 'nosuch0'])
    expect((await goready(lab, ['kit', 'serve', kit, '--interface', wrong, '--json'])).code).toBe(2)
  const server = start(lab, ['kit', 'serve', kit, '--interface', veth, '--port', '0', '--json'])
  try {
    await eventually('it is served', () => server.said().includes('"fingerprint"'), 120)
    const served = JSON.parse(server.said().trim().split('\n').at(-1) ?? '').result as Record<string, string>
    const { page = '', fingerprint = '', authority = '' } = served
    expect(page).toMatch(new RegExp(`^https://${TEACHER}:\\d+/$`))
    expect(await listening(server)).toEqual([`${TEACHER}:${new URL(page).port}`])
    const ca = new X509Certificate(await readFile(authority))
    expect(ca.fingerprint256).toBe(fingerprint)
    expect(Date.parse(ca.validTo) - Date.now()).toBeLessThan(181 * 24 * 3600 * 1000)

    const other = await onSeat(['kit', 'use', page, '--yes', '--json', '--key', fingerprint.replace(/^../, '00')])
    expect(errorOf(other).code).toBe('kit-other-authority')
    expect(errorOf(await onSeat(['kit', 'use', page, '--yes', '--json'])).code).toBe('no-terminal')
    expect((await onSeat(['kit', 'use', page.replace('https:', 'http:'), '--yes', '--json'])).code).toBe(2)
    await usesTheRegistry(page, authority)

    await appliesTheProfile(authority)
    const used = await onSeat(['kit', 'use', page, '--yes', '--json', '--key', fingerprint])
    expect(used.stderr).toBe('')
    expect(used.last).toMatchObject({ result: { changed: true, verification: { module: { ok: true } } } })
    // As a room writes it down.
    const carried = await onSeat(['kit', 'use', `${page}#${fingerprint}`, '--yes', '--json'])
    expect(carried.code).toBe(0)
    const again = await onSeat(['kit', 'use', page, '--yes', '--json', '--key', authority])
    expect(again.last).toMatchObject({ result: { changed: false } })
    expect(await readdir(join(seat, '.cache/goready/kits'))).not.toContain('images')
  } finally {
    server.interrupt()
  }
  expect((await server.done).code).toBe(0)
  expect(await lab.docker('ps', '-aq')).toBe('')
  expect((await run(['pgrep', '-f', 'goready-registry-'])).stdout).toBe('')
  expect((await inSeat(['go', 'mod', 'download'])).code).toBe(0)
  expect((await onSeat(['undo', '--json'])).code).toBe(0)
})

/**
 * The room's profile on a seat that keeps nothing itself: Docker pulls by the server's name, go and npm ask it. The
 * system's own authorities are a copy below the lab's root, where no program would make the one file of all.
 */
async function appliesTheProfile(authority: string): Promise<void> {
  const [anchors, bundle] = ['usr/local/share/ca-certificates', 'etc/ssl/certs'].map((path) => join(lab.root, path))
  for (const [folder, name] of [
    [anchors ?? '', 'room.crt'],
    [bundle ?? '', 'ca-certificates.crt'],
  ] as const) {
    await mkdir(folder, { recursive: true })
    await cp(authority, join(folder, name))
  }
  await rm(join(lab.root, 'etc/docker/certs.d'), { recursive: true })
  const before = { etc: tree(join(lab.root, 'etc')), files: settings() }
  const given = join(authority, '../goready.yml')
  const applied = await onSeat(['apply', '--profile', given, '--yes', '--json'])
  expect(errorOf(applied)).toEqual({})
  expect(applied.last).toMatchObject({
    result: { changed: true, image: { reference: IMAGE, pulled: true }, verification: { module: { ok: true } } },
  })
  expect(await readFile(join(seat, '.npmrc'), 'utf8')).toContain('/npm/')
  expect((await onSeat(['undo', '--json'])).code).toBe(0)
  expect({ etc: tree(join(lab.root, 'etc')), files: settings() }).toEqual(before)
  await lab.docker('rmi', IMAGE)
}
const settings = (): string[] =>
  Object.keys(tree(seat)).filter((name) => !/^(\.cache|\.npm|go|lesson)(\/|$)/.test(name))

/** Ports that a program and what it started listen on. */
async function listening({ pid }: Running): Promise<string[]> {
  const children = (await run(['pgrep', '-P', String(pid)])).stdout.split('\n').filter((line) => line !== '')
  const lines = (await must(['ss', '-Hltnp'])).split('\n')
  return [String(pid), ...children].flatMap((one) =>
    lines.filter((line) => line.includes(`pid=${one},`)).map((line) => line.split(/\s+/)[3] ?? ''),
  )
}

/** What a profile of the room leads to: Docker by certs.d, Go and npm over TLS, all from the one address. */
async function usesTheRegistry(page: string, authority: string): Promise<void> {
  const host = new URL(page).host
  const certs = join(lab.root, 'etc/docker/certs.d', host)
  await mkdir(certs, { recursive: true })
  await cp(authority, join(certs, 'ca.crt'))
  await lab.docker('pull', `${host}/library/golang:1.26-alpine`)
  expect(
    await lab.docker('run', '--rm', '--network', 'none', `${host}/library/golang:1.26-alpine`, 'go', 'version'),
  ).toContain('go1.26')
  await lab.docker('rmi', `${host}/library/golang:1.26-alpine`)
  const curl = (path: string, ...more: string[]) =>
    inSeat(['curl', '-sS', '--cacert', authority, '-o', '/dev/null', '-w', '%{http_code}', ...more, page + path])
  const status = async (path: string, ...more: string[]) => Number((await curl(path, ...more)).stdout)
  expect(await status('')).toBe(200)
  expect(await status('goready.yml')).toBe(200)
  expect(await status('v2/')).toBe(200)
  expect(await status('v2/library/golang/blobs/uploads/', '-X', 'POST')).toBe(405)
  expect(await status('kit/../../../etc/passwd', '--path-as-is')).toBe(400)
  expect(await status('kit/goready-kit.part.json')).toBe(404)
  // Nobody else's name or address may be shown with this authority.
  expect((await inSeat(['curl', '-sS', page])).stderr).toMatch(/certificate/i)
  const go = await inSeat(['go', 'mod', 'download'], {
    ...{ GOPROXY: `${page}go`, GOSUMDB: lab.goproxy.sumdb, SSL_CERT_FILE: authority, SSL_CERT_DIR: '/nonexistent' },
    ...{ GOFLAGS: '-modcacherw', GOPATH: join(lab.dir, 'gopath') },
  })
  expect(go.stderr).not.toMatch(/error|x509/)
  expect(go.code).toBe(0)
  const npm = [
    'npm',
    'ci',
    '--no-audit',
    '--registry',
    `${page}npm/`,
    '--cafile',
    authority,
    '--cache',
    join(lab.dir, 'npm-cache'),
  ] as const
  const bare = JSON.parse(await readFile(join(seat, 'lesson/package-lock.json'), 'utf8'))
  for (const entry of Object.values<{ resolved?: string }>(bare.packages)) delete entry.resolved
  await writeFile(join(seat, 'lesson/package-lock.json'), JSON.stringify(bare))
  expect((await inSeat([...npm])).stderr).toBe('')
}
