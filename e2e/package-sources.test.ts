import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aMirror } from '../electron/contract/test-mirror.ts'
import { npmAdapter } from '../electron/mirrors/targets/npm.ts'
import { pipAdapter } from '../electron/mirrors/targets/pip.ts'
import { pipConfFormat } from '../electron/settings/pip/text.ts'
import { type Desk, goready, profile, tree } from './harness.ts'
import { projectRoot } from './lab/cache.ts'
import { makeCertificates } from './lab/certificates.ts'
import { type NpmRegistry, startNpmRegistry } from './lab/npm-registry.ts'
import { must, run } from './lab/process.ts'
import { type PythonIndex, startPythonIndex } from './lab/python-index.ts'
import { candidate, checkAll, closeAll, openHttp } from './mirror-support.ts'

const ADDRESS = '127.0.0.41'
let dir: string
let ca: string
let npm: NpmRegistry
let pip: PythonIndex
let desk: Desk
let count = 0

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'goready-src-'))
  const certificates = await makeCertificates(join(dir, 'tls'), [`IP:${ADDRESS}`])
  ca = certificates.ca
  npm = await startNpmRegistry(join(dir, 'npm'), ADDRESS, certificates)
  pip = await startPythonIndex(dir, ADDRESS, certificates)
  // Whoever has a certificate file in npm's own settings trusts no other; pip and yarn 2 are asked over TLS.
  // The two that GoReady asks for, one of our own, and one of a scope.
  for (const name of ['isarray', 'lab-tiny', '@lab/tiny']) await npm.publish(name, '1.2.3')
  for (const name of ['six', 'lab_tiny']) await pip.publish(name, '1.2.3')
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

/** PATH with the named yarn and pnpm in front, and without those that the checkout happens to have. */
async function paths(yarn: 'classic' | 'modern' | null): Promise<string> {
  const modules = join(projectRoot(), 'node_modules')
  const bin = join(desk.dir, 'bin')
  await mkdir(bin, { recursive: true })
  const program = async (name: string, script: string): Promise<void> => {
    await writeFile(join(bin, name), `#!/bin/sh\nexec '${process.execPath}' '${join(modules, script)}' "$@"\n`)
    await chmod(join(bin, name), 0o755)
  }
  if (yarn === 'classic') await program('yarn', 'yarn/bin/yarn.js')
  if (yarn === 'modern') await program('yarn', '@yarnpkg/cli-dist/bin/yarn.js')
  await program('pnpm', 'pnpm/bin/pnpm.cjs')
  const rest = (process.env.PATH ?? '').split(delimiter).filter((folder) => !/node_modules|\.pyenv/.test(folder))
  return [bin, dirname(process.execPath), ...rest].join(delimiter)
}

const trusted = (PATH: string): Record<string, string> => ({
  PATH,
  NODE_EXTRA_CA_CERTS: ca,
  PIP_CERT: ca,
  PIP_FIND_LINKS: '',
})

/** What a real client says in the desk's home; nothing of this process's own settings gets to it. */
const client = (argv: readonly [string, ...string[]], PATH: string, cwd = desk.home): Promise<string> =>
  must(argv, { cwd, env: { ...trusted(PATH), HOME: desk.home, npm_config_cache: join(desk.dir, 'c') } })

const askedSince = (from: number): readonly string[] =>
  npm
    .log()
    .slice(from)
    .map(({ url }) => url)
const put = async (name: string, text: string, mode = 0o644): Promise<void> => {
  const path = join(desk.home, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode })
}
const kept = (name: string): Promise<string> => readFile(join(desk.home, name), 'utf8')
const findings = (outcome: Awaited<ReturnType<typeof goready>>): unknown => outcome.last['result']

test('npm, yarn 1 and pnpm take packages from the chosen registry; tokens stay and are not shown; undo gives all back', async () => {
  await put('.npmrc', '; mine\r\n//old.example/:_authToken=hush-hush\r\nregistry=https://old.example/ ; why', 0o600)
  const before = tree(desk.home)
  const env = trusted(await paths('classic'))
  const wanted = { sources: { npm: { default: npm.url, scopes: { '@lab': `${npm.url}/` } } } }
  const file = await profile(desk, wanted)
  const shown = await goready(desk, ['plan', '--profile', file], { env })
  expect(shown.code).toBe(3)
  expect(shown.stdout).toContain('_authToken=••••')

  const applied = await goready(desk, ['apply', '--yes', '--profile', file, '--json'], { env })
  expect(applied.code).toBe(0)
  expect(findings(applied)).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({ id: 'npm.effective', severity: 'ok' }),
      expect.objectContaining({
        id: 'npm.asked',
        severity: 'ok',
        note: { key: 'setting:npm.asked', values: { host: new URL(npm.url).host, package: 'isarray' } },
      }),
      expect.objectContaining({ id: 'npm.pnpm', severity: 'ok' }),
    ]),
  })
  expect(`${shown.stdout}${applied.stdout}${applied.stderr}`).not.toContain('hush-hush')
  expect(await kept('.npmrc')).toBe(
    `; mine\r\n//old.example/:_authToken=hush-hush\r\nregistry=${npm.url} ; why\r\n@lab:registry=${npm.url}/\r\n`,
  )

  const clients: readonly (readonly [string, ...string[]])[] = [
    ['npm', 'view', 'lab-tiny', 'version'],
    ['npm', 'view', '@lab/tiny', 'version'],
    ['yarn', '--silent', 'info', 'lab-tiny', 'version'],
    ['pnpm', 'view', 'lab-tiny', 'version'],
  ]
  for (const argv of clients) {
    const from = npm.log().length
    expect((await client(argv, env['PATH'] ?? '')).trim()).toBe('1.2.3')
    expect(askedSince(from)).toContainEqual(expect.stringMatching(/^\/(lab-tiny|@lab(\/|%2f)tiny)$/i))
  }
  const project = join(desk.dir, 'app')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{"name":"app","version":"1.0.0"}')
  await client(['npm', 'install', 'lab-tiny'], env['PATH'] ?? '', project)
  expect(await readFile(join(project, 'node_modules/lab-tiny/index.js'), 'utf8')).toContain('1.2.3')

  const again = await goready(desk, ['apply', '--yes', '--profile', file, '--json'], { env })
  expect(findings(again)).toMatchObject({ changed: false, files: [] })
  await forgetClients()
  expect((await goready(desk, ['undo'], { env })).code).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})

/** What the clients themselves leave in a home is none of ours. */
async function forgetClients(): Promise<void> {
  for (const name of ['.npm', '.yarn', '.cache', '.yarnrc', '.local/share', '.rustup'])
    await rm(join(desk.home, name), { recursive: true, force: true })
}

test('yarn 2 and later reads its own file, kept as it was but for the registry', async () => {
  await put('.yarnrc.yml', '# mine\nenableTelemetry: false\nnpmAuthToken: hush-hush\n')
  const before = tree(desk.home)
  const env = trusted(await paths('modern'))
  const file = await profile(desk, { sources: { npm: { default: npm.httpsUrl, scopes: { '@lab': npm.httpsUrl } } } })
  const applied = await goready(desk, ['apply', '--yes', '--profile', file, '--json'], { env })
  expect(applied.code).toBe(0)
  expect(applied.stdout).not.toContain('hush-hush')
  expect(await kept('.yarnrc.yml')).toMatch(/^# mine\n[^]*\nenableTelemetry: false\nnpmAuthToken: hush-hush\n$/)
  const project = join(desk.home, 'app')
  await put('app/package.json', '{"name":"app","version":"1.0.0"}')
  await put('app/yarn.lock', '')
  for (const name of ['lab-tiny', '@lab/tiny']) {
    const from = npm.log().length
    const said = await client(['yarn', 'npm', 'info', name, '--json'], env['PATH'] ?? '', project)
    expect(JSON.parse(said)).toMatchObject({ name, version: '1.2.3' })
    expect(askedSince(from).length).toBeGreaterThan(0)
  }
  await rm(project, { recursive: true })
  await forgetClients()
  expect((await goready(desk, ['undo'], { env })).code).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})

test('a chosen project changes its own file; without it, what hides the user’s choice is told', async () => {
  await put('app/package.json', '{"name":"app"}')
  await put('app/.npmrc', 'registry=https://other.example/\n')
  const cwd = join(desk.home, 'app')
  const env = trusted(await paths(null))
  const file = await profile(desk, { sources: { npm: npm.url } })
  const hidden = await goready(desk, ['plan', '--profile', file, '--json'], { env, cwd })
  expect(JSON.parse(hidden.stdout)).toMatchObject({
    choices: [{ key: 'setting:npm.hiddenByProject', values: { file: join(cwd, '.npmrc') } }],
  })
  const applied = await goready(desk, ['apply', '--yes', '--profile', file, '--project', cwd, '--json'], { env })
  expect(applied.code).toBe(0)
  expect(await kept('app/.npmrc')).toBe(`registry=${npm.url}\n`)
  expect((await client(['npm', 'view', 'lab-tiny', 'version'], env['PATH'] ?? '', cwd)).trim()).toBe('1.2.3')
  await goready(desk, ['undo'], { env })
  expect(await kept('app/.npmrc')).toBe('registry=https://other.example/\n')
})

test('pip takes packages from the chosen index, which a variable may hide; undo gives all back', async () => {
  await put('.config/pip/pip.conf', '# mine\n[global]\n  timeout: 60\n  INDEX_URL = https://old.example/simple\n')
  const before = tree(desk.home)
  const env = trusted(await paths(null))
  const file = await profile(desk, { sources: { pip: pip.httpsUrl } })
  const applied = await goready(desk, ['apply', '--yes', '--profile', file, '--json'], { env })
  expect(applied.code).toBe(0)
  expect(findings(applied)).toMatchObject({
    findings: [
      { id: 'pip.written', severity: 'ok' },
      { id: 'pip.effective', severity: 'ok' },
      { id: 'pip.asked', severity: 'ok', note: { values: { host: new URL(pip.httpsUrl).host } } },
    ],
  })
  expect(await kept('.config/pip/pip.conf')).toBe(`# mine\n[global]\n  timeout: 60\n  INDEX_URL = ${pip.httpsUrl}\n`)
  const PATH = env['PATH'] ?? ''
  const said = await client(['pip3', 'config', 'get', 'global.index-url'], PATH)
  expect(said.trim()).toBe(pip.httpsUrl)
  const into = join(desk.dir, 'wheels')
  await client(['pip3', 'download', '--no-deps', '--no-cache-dir', '-d', into, 'lab-tiny'], PATH)
  expect(pip.log().map(({ url }) => url)).toContain('/files/lab_tiny-1.2.3-py3-none-any.whl')

  const hidden = await goready(desk, ['apply', '--yes', '--profile', file, '--json'], {
    env: { ...env, PIP_INDEX_URL: 'https://127.0.0.1:9/simple' },
  })
  expect(hidden.code).toBe(0)
  expect(hidden.stdout).toContain('setting:pip.hiddenByVariable')
  expect((await goready(desk, ['undo'], { env })).code).toBe(0)
  await forgetClients()
  expect(tree(desk.home)).toEqual(before)
})

const READ_ALL = `import configparser, json, sys
answers = []
for text in json.load(sys.stdin):
    parser = configparser.RawConfigParser()
    try:
        with open(sys.argv[1], "w", newline="", encoding="utf-8") as out: out.write(text)
        parser.read(sys.argv[1], encoding="utf-8")
        values = {}
        for section in parser.sections():
            for name, value in parser._sections[section].items():
                key = name.replace("_", "-")
                values[section + "." + (key[2:] if key.startswith("--") else key)] = value
        answers.append(values)
    except configparser.Error: answers.append(None)
json.dump(answers, sys.stdout)
`

test('what is read out of a pip.conf is what Python reads, for generated files', async () => {
  const piece = fc.constantFrom(
    ...['[global]', '[x]', '[', ']', 'index-url', 'INDEX_URL', 'b', '=', ' = ', ':', '#', ';', ' ', '  ', '\t'],
    ...['https://a.example/', '名', '\u00a0', '\u2028', '\u0085', '\u001c', '\f', '%(x)s'],
  )
  const line = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(''))
  const file = fc.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '\r')), { maxLength: 8 })
  const texts = fc.sample(file, 3000).map((lines) => `[global]\n${lines.map(([body, end]) => body + end).join('')}`)
  const input = join(desk.dir, 'texts.json')
  await writeFile(input, JSON.stringify(texts))
  const script = join(desk.dir, 'read.py')
  await writeFile(script, READ_ALL.replace('sys.stdin)', `open(${JSON.stringify(input)}))`))
  const { stdout } = await run(['/usr/bin/python3', script, join(desk.dir, 'one.conf')])
  const theirs: unknown = JSON.parse(stdout)
  expect(texts.map(ours)).toEqual(theirs)
})

function ours(text: string): Record<string, unknown> | null {
  try {
    return Object.fromEntries(pipConfFormat.read(new TextEncoder().encode(text)))
  } catch {
    return null
  }
}

test('the race knows real registries and indexes: an older one, one with other bytes, one without the package', async () => {
  const certificates = await makeCertificates(join(dir, 'tls-2'), [`IP:${ADDRESS}`])
  const older = await startNpmRegistry(join(dir, 'npm-older'), ADDRESS, certificates)
  const other = await startNpmRegistry(join(dir, 'npm-other'), ADDRESS, certificates)
  try {
    for (const name of ['race-proof', 'race-bulk']) await npm.publish(name, '1.0.0')
    await other.publish('race-proof', '1.0.0', 'not what the others have')
    await other.publish('race-bulk', '1.0.0')
    await older.publish('race-proof', '1.0.0')
    const context = { proof: 'race-proof', bulk: 'race-bulk', defaultRegistry: null }
    const all = [candidate('good', npm.url, true), candidate('other', other.url), candidate('older', older.url)]
    const { checks, reasons, judgement } = await checkAll(npmAdapter(context, Date.now), all, openHttp())
    expect(reasons).toEqual({ other: 'wrong-content', older: 'not-found' })
    expect(checks.get('good')?.says['race-bulk latest']).toBe('1.0.0')
    expect(judgement.conflicts.map(({ item }) => item)).toContain('race-proof@1.0.0 tarball')

    const python = pipAdapter({ proof: 'six', bulk: 'lab_tiny' }, Date.now)
    const indexes = [candidate('good', pip.url), candidate('npm', npm.url)]
    const found = await checkAll(python, indexes, openHttp())
    expect(Object.keys(found.reasons)).toEqual(['npm'])
    expect(found.checks.get('good')?.bulk.url).toMatch(/lab_tiny-1\.2\.3-py3-none-any\.whl$/)
  } finally {
    closeAll()
    await older.stop()
    await other.stop()
  }
})

test('auto for npm and pip: what serves the real thing is set, a second run changes nothing, undo is exact', async () => {
  const before = tree(desk.home)
  const env = trusted(await paths(null))
  const catalogue = join(desk.dir, 'catalogue.json')
  const known = [
    aMirror({ id: 'n1', target: 'npm', url: npm.url }),
    aMirror({ id: 'n2', target: 'npm', url: 'http://127.0.0.1:1' }),
    aMirror({ id: 'p1', target: 'pip', url: pip.url }),
    aMirror({ id: 'p2', target: 'pip', url: npm.url }),
  ]
  // npm's own default takes part and must not know it.
  await npm.publish('goready-lab-tiny', '1.0.0')
  const artefacts = {
    npm: { proof: 'goready-lab-tiny', bulk: 'goready-lab-tiny' },
    pip: { proof: 'six', bulk: 'lab_tiny' },
  }
  await writeFile(
    catalogue,
    JSON.stringify({
      version: 1,
      date: '2026-11-22',
      mirrors: known.map((mirror) => ({ ...mirror, own: undefined })),
      artefacts,
    }),
  )
  const file = await profile(desk, { sources: { npm: 'auto', pip: 'auto' } })
  const apply = () => goready(desk, ['apply', '--yes', '--json', '--profile', file, '--catalogue', catalogue], { env })
  const first = await apply()
  expect(first.last).toMatchObject({ type: 'done' })
  expect(await kept('.npmrc')).toBe(`registry=${npm.url}\n`)
  expect(await kept('.config/pip/pip.conf')).toContain(`index-url = ${pip.url}`)
  const second = await apply()
  expect(second.last).toMatchObject({ type: 'done', result: { changed: false } })
  expect((await goready(desk, ['undo'], { env })).code).toBe(0)
  expect(tree(desk.home)).toEqual(before)
})
