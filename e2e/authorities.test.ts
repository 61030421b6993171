import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Desk, goready, profile, tree } from './harness.ts'
import { makeAptSigner } from './lab/apt-archive.ts'
import { startAptMirror } from './lab/apt-mirror.ts'
import { projectRoot } from './lab/cache.ts'
import { type Certificates, makeCertificates } from './lab/certificates.ts'
import { startGoProxy } from './lab/goproxy.ts'
import { type NpmRegistry, startNpmRegistry } from './lab/npm-registry.ts'
import { must, run } from './lab/process.ts'
import { type PythonIndex, startPythonIndex } from './lab/python-index.ts'

// A private authority for each tool: before, the real tool refuses the server; applied, it talks to it; undone, every
// byte is back.

const [ADDRESS, OTHER] = ['127.0.0.43', '127.0.0.44'] as const
let dir: string
let certificates: Certificates
let npm: NpmRegistry
let pip: PythonIndex
let desk: Desk
let count = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'goready-aut-'))
  certificates = await makeCertificates(join(dir, 'tls'), [`IP:${ADDRESS}`, 'IP:127.0.0.1'])
  npm = await startNpmRegistry(join(dir, 'npm'), ADDRESS, certificates)
  pip = await startPythonIndex(dir, ADDRESS, certificates)
  await npm.publish('lab-tiny', '1.2.3')
  await pip.publish('lab_tiny', '1.2.3')
})
afterAll(async () => {
  await pip?.stop()
  await npm?.stop()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  const own = join(dir, `t${count++}`)
  const catalogue = join(projectRoot(), 'assets/golang-tags.json')
  desk = { dir: own, root: join(own, 'root'), home: join(own, 'home 家'), catalogue }
  await mkdir(desk.home, { recursive: true })
})

const env = () => ({ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: desk.home, LC_ALL: 'C.UTF-8' })

async function apply(...tools: readonly string[]): Promise<void> {
  const wanted = await profile(desk, { authorities: [{ file: certificates.ca, for: tools }] })
  const outcome = await goready(desk, ['apply', '--profile', wanted, '--yes', '--json'])
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0)
  const again = await goready(desk, ['plan', '--profile', wanted, '--json'])
  expect(again.code, again.stdout).toBe(0)
}

async function undo(): Promise<void> {
  const outcome = await goready(desk, ['undo', '--json'])
  expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0)
}

/** The home without the program's own records. */
const home = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tree(desk.home)).filter(([path]) => !path.startsWith('.local') && !path.startsWith('.npm/')),
  )

const view = async (url: string): Promise<string> => {
  const flags = ['--registry', url, '--fetch-retries=0', '--cache', join(desk.dir, 'cache'), '--update-notifier=false']
  const { code, stdout, stderr } = await run(['npm', 'view', 'lab-tiny', 'version', ...flags], {
    env: env(),
    cwd: desk.dir,
  })
  return code === 0 ? stdout.trim() : stderr
}

test('npm: its own file, with the public authorities in it, and whom it believed before', async () => {
  const second = await makeCertificates(join(desk.dir, 'tls'), [`IP:${OTHER}`])
  const other = await startNpmRegistry(join(desk.dir, 'npm'), OTHER, second)
  await other.publish('lab-tiny', '4.5.6')
  try {
    expect(await view(npm.httpsUrl)).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN/)
    const bare = home()
    await apply('npm')
    expect(await view(npm.httpsUrl)).toBe('1.2.3')
    const bundle = await readFile(join(desk.home, '.config/goready/authorities/npm.pem'), 'utf8')
    expect(rootCertificates.filter((one) => !bundle.includes(one))).toEqual([])
    await undo()
    expect(home()).toEqual(bare)

    await writeFile(join(desk.home, '.npmrc'), `; mine\ncafile=${second.ca}\n`)
    const before = home()
    expect(await view(other.httpsUrl)).toBe('4.5.6')
    await apply('npm')
    expect([await view(npm.httpsUrl), await view(other.httpsUrl)]).toEqual(['1.2.3', '4.5.6'])
    await undo()
    expect(home()).toEqual(before)
  } finally {
    await other.stop()
  }
})

test('pip: its own file', async () => {
  const into = join(desk.dir, 'wheels')
  const download = async (): Promise<string> => {
    const flags = ['--index-url', pip.httpsUrl, '--retries', '0', '--no-cache-dir', '--disable-pip-version-check']
    const argv = ['/usr/bin/python3', '-m', 'pip', 'download', '--no-deps', '-d', into, ...flags, 'lab-tiny'] as const
    const { stdout, stderr } = await run([...argv], { env: env(), cwd: desk.dir })
    return stdout + stderr
  }
  expect(await download()).toMatch(/CERTIFICATE_VERIFY_FAILED/)
  const before = home()
  await apply('pip')
  expect(await download()).toContain('Successfully downloaded')
  await undo()
  expect(home()).toEqual(before)
})

test('go and apt: the system’s list, made by its own program', async () => {
  const [certs, local] = [join(desk.dir, 'certs'), join(desk.dir, 'local')]
  await must(['cp', '-a', '/etc/ssl/certs', certs])
  await must(['cp', '-a', '/usr/local/share/ca-certificates', local])
  const inside = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    '--',
    'sh',
    join(projectRoot(), 'e2e/with-authorities.sh'),
    desk.dir,
  ]
  const within = (...argv: readonly string[]) => {
    const [first = '', ...rest] = [...inside, ...argv]
    return run([first, ...rest], {
      env: { ...env(), GOFLAGS: '-mod=mod', GOPATH: join(desk.dir, 'go') },
      cwd: desk.dir,
    })
  }
  const cli = (...args: readonly string[]) =>
    within(process.execPath, join(projectRoot(), 'out/node/cli.js'), ...args, '--home', desk.home, '--json')
  const look = async () => ({
    names: (await readdir(certs)).toSorted(),
    local: await readdir(local),
    hash: createHash('sha256')
      .update(await readFile(join(certs, 'ca-certificates.crt')))
      .digest('hex'),
  })
  const list = async (url: string): Promise<string> => {
    const { stdout, stderr } = await within(
      'env',
      `GOPROXY=${url}`,
      'GOSUMDB=off',
      'go',
      'list',
      '-m',
      '-versions',
      'github.com/pkg/errors',
    )
    return stdout + stderr
  }
  await mkdir(join(desk.dir, 'goproxy'))
  const proxy = await startGoProxy(join(desk.dir, 'goproxy'), '127.0.0.45', certificates)
  const archive = await startAptMirror(join(desk.dir, 'archive'), ADDRESS, certificates)
  const signer = await makeAptSigner(join(desk.dir, 'key'))
  try {
    await signer.publish(archive.folder, [{ archive: 'debian', suite: 'bookworm' }])
    const update = await aptUpdate(archive.httpsUrl, signer.key)
    const url = proxy.httpsUrl.replace('127.0.0.45', '127.0.0.1')
    const before = await look()
    expect(await list(url)).toMatch(/certificate signed by unknown authority/)
    expect((await within(...update)).stderr).toMatch(/certificate/i)
    const wanted = await profile(desk, { authorities: [{ file: certificates.ca, for: ['go', 'apt'] }] })
    const applied = await cli('apply', '--profile', wanted, '--yes')
    expect(applied.code, applied.stdout + applied.stderr).toBe(0)
    expect(await list(url)).toContain('v0.9.1')
    expect((await within(...update)).stderr).toBe('')
    const undone = await cli('undo')
    expect(undone.code, undone.stdout + undone.stderr).toBe(0)
    expect(await look()).toEqual(before)
    expect(await list(url)).toMatch(/certificate signed by unknown authority/)
  } finally {
    await Promise.all([proxy.stop(), archive.stop(), signer.stop()])
  }
})

/** `apt-get update` of one https source in folders of its own. */
async function aptUpdate(url: string, key: string): Promise<readonly string[]> {
  const apt = join(desk.dir, 'apt')
  for (const name of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, name), { recursive: true })
  await writeFile(join(apt, 'sources.list'), `deb [signed-by=${key}] ${url}/debian bookworm main\n`)
  const own = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::Cache': join(apt, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '0',
    'APT::Update::Error-Mode': 'any',
  }
  return ['apt-get', 'update', '-q', ...Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}
