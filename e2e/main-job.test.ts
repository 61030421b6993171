import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { goready, labProfile, mirrorsOf, profile, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'

const run = promisify(execFile)
let lab: Lab
let before: { home: Record<string, string>; etc: Record<string, string> }

beforeAll(async () => {
  lab = await startLab({ daemonJson: '{\n\t"log-level": "info",\n\t"debug": false\n}' })
  // A home that has lived: CRLF, no final newline, links, an old GOPROXY in the way, odd modes.
  const put = (name: string, text: string, mode = 0o644) => writeFileSync(join(lab.home, name), text, { mode })
  mkdirSync(join(lab.home, 'dots'))
  put('dots/bashrc', '# mine\nexport GOPROXY=https://old.example\nalias ll="ls -l"', 0o600)
  symlinkSync('dots/bashrc', join(lab.home, '.bashrc'))
  put('.profile', 'if [ -n "$BASH_VERSION" ]; then . "$HOME/.bashrc"; fi\n')
  put('.zshrc', '# windows line\r\nsetopt autocd\r\n')
  mkdirSync(join(lab.home, '.config/go'), { recursive: true, mode: 0o700 })
  put('.config/go/env', 'GONOPROXY=x.example.com\nnot a line\n')
  before = { home: tree(lab.home), etc: tree(join(lab.root, 'etc')) }
})

afterAll(async () => {
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

const wanted = () =>
  labProfile(lab, {
    private: ['corp.example.com'],
    env: { set: { GOFLAGS: '-mod=mod', GREETING: `it's "$(id)" 你好` }, path: ['~/go/bin'] },
  })

/** Asks a fresh shell with a clean environment. */
async function ask(argv: readonly [string, ...string[]], script: string): Promise<string> {
  const env = { HOME: lab.home, PATH: '/usr/bin:/bin', TERM: 'dumb', LANG: 'C.UTF-8', XDG_DATA_HOME: '/dev/null' }
  const [program, ...args] = argv
  const { stdout } = await run(program, [...args, script], { env, cwd: lab.home })
  return stdout.trim()
}
const SHELLS: readonly [string, ...string[]][] = [
  ['bash', '-ic'],
  ['bash', '-lc'],
  ['zsh', '-c'],
  ['zsh', '-lic'],
  ['fish', '-c'],
  ['fish', '-lic'],
]

test('plan shows every change and writes nothing', async () => {
  const path = await profile(lab, wanted())
  const outcome = await goready(lab, ['plan', '--profile', path, '--json'])
  expect(outcome.code).toBe(3)
  const paths = JSON.stringify(outcome.last)
  for (const name of ['daemon.json', '.config/go/env', '.bashrc', '.profile', '.zshenv', 'goready.fish'])
    expect(paths).toContain(name)
  expect(tree(lab.home)).toEqual(before.home)
  const people = await goready(lab, ['plan', '--profile', path, '--lang', 'zh-CN'])
  expect(people.stdout).toContain(`+GOPROXY=${lab.goproxy.url}`)
  expect(people.stdout).toMatch(/将改动 \d 个文件/)
})

test('without a terminal nothing happens unasked', async () => {
  const outcome = await goready(lab, ['apply', '--profile', await profile(lab, wanted())])
  expect(outcome.code).toBe(2)
  expect(outcome.stderr).toContain('--yes')
  expect(tree(lab.home)).toEqual(before.home)
})

test('apply takes a newcomer to go version, on real results', async () => {
  const outcome = await goready(lab, ['apply', '--profile', await profile(lab, wanted()), '--yes', '--json'])
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  expect(outcome.last).toMatchObject({
    type: 'done',
    result: {
      changed: true,
      image: { reference: 'golang:1.26-alpine', pulled: true },
      verification: {
        output: expect.stringMatching(/^go version go1\.26\.\d+ linux\/amd64$/),
        agrees: true,
        module: { ok: true },
      },
    },
  })
  // Progress in real bytes, absolute and never backwards.
  const progress = outcome.events.filter((event) => event.type === 'progress' && event.step === 'pull')
  expect(progress.length).toBeGreaterThan(2)
  const bytes = progress.map((event) => Number(event.bytes))
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toMatchObject({ fraction: 1 })

  expect(await lab.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('golang:1.26-alpine')
  const daemon: unknown = JSON.parse(readFileSync(lab.daemonJson, 'utf8'))
  expect(daemon).toEqual({ 'log-level': 'info', debug: false, 'registry-mirrors': [lab.registry.url] })
  expect(readFileSync(lab.daemonJson, 'utf8')).toContain('\t"log-level"')
  expect(await mirrorsOf(lab)).toEqual([`${lab.registry.url}/`])
  const pulled = lab.registry
    .log()
    .filter(({ url, status }) => /library\/golang\/(manifests|blobs)/.test(url) && status === 200)
  expect(pulled.length).toBeGreaterThan(4)
})

test.each(SHELLS)('a fresh %s %s has the chosen values, whatever stood in its files', async (...shell) => {
  expect(await ask(shell, 'go env GOPROXY GOFLAGS GOPRIVATE')).toBe(`${lab.goproxy.url}\n-mod=mod\ncorp.example.com`)
  expect(await ask(shell, 'printenv GREETING')).toBe(`it's "$(id)" 你好`)
  expect(await ask(shell, 'printenv PATH')).toContain(`${lab.home}/go/bin`)
})

test('what is not ours survived byte for byte', () => {
  expect(readFileSync(join(lab.home, 'dots/bashrc'), 'utf8')).toMatch(
    /^# mine\nexport GOPROXY=https:\/\/old\.example\nalias ll="ls -l"\n/,
  )
  expect(readFileSync(join(lab.home, '.zshrc'), 'utf8')).toBe('# windows line\r\nsetopt autocd\r\n')
  expect(readFileSync(join(lab.home, '.config/go/env'), 'utf8')).toMatch(/^GONOPROXY=x\.example\.com\nnot a line\n/)
})

test('a module version made just now comes to a container through the chosen proxy', async () => {
  const version = `v0.1.${Date.now()}`
  await lab.goproxy.addModule('example.test/canary', version, { 'canary.go': 'package canary\n' })
  const outcome = await goready(lab, ['run', '--', 'go', 'mod', 'download', '-json', `example.test/canary@${version}`])
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  expect(JSON.parse(outcome.stdout)).toMatchObject({ Version: version, Sum: expect.stringMatching(/^h1:/) })
  const asked = lab.goproxy.log().filter(({ url }) => url.includes(`example.test/canary/@v/${version}.zip`))
  expect(asked).toHaveLength(1)
  expect(asked[0]?.client).toMatch(
    new RegExp(`^${lab.bridge.network.replace(/\.0\/24$/, '').replaceAll('.', '\\.')}\\.`),
  )
  expect(asked[0]?.client).not.toBe(lab.bridge.address)
})

test('a second run writes nothing: no content, no time, no new record', async () => {
  const times = [tree(lab.home, true), tree(join(lab.root, 'etc'), true)]
  const pulls = lab.registry.log().length
  const outcome = await goready(lab, ['apply', '--profile', await profile(lab, wanted()), '--json'])
  expect(outcome.code).toBe(0)
  expect(outcome.last).toMatchObject({ result: { changed: false, run: null, files: [] } })
  expect([tree(lab.home, true), tree(join(lab.root, 'etc'), true)]).toEqual(times)
  expect(lab.registry.log().length).toBe(pulls)
  expect((await goready(lab, ['plan', '--profile', await profile(lab, wanted())])).code).toBe(0)
  const history = JSON.parse((await goready(lab, ['history', '--json'])).stdout)
  expect(history).toHaveLength(1)
})

test('a first program builds and runs without a Go on the host', async () => {
  const cwd = join(lab.dir, 'hello')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'go.mod'), 'module hello\n\ngo 1.26\n')
  writeFileSync(join(cwd, 'main.go'), 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("你好") }\n')
  const built = await goready(lab, ['run', '--', 'go', 'build', '-o', 'hello', '.'], { cwd })
  expect(built.stderr).toBe('')
  expect(built.code).toBe(0)
  expect((await run(join(cwd, 'hello'))).stdout).toBe('你好\n')
  expect((await goready(lab, ['run', '--', 'sh', '-c', 'exit 7'], { cwd })).code).toBe(7)
  const piped = await goready(lab, ['shell'], { cwd, input: 'go version\nexit 3\n' })
  expect(piped.stdout).toMatch(/^go version go1\.26/)
  expect(piped.code).toBe(3)
})

test('undo gives everything back: bytes, modes, links, folders, and the engine', async () => {
  const outcome = await goready(lab, ['undo', '--json'])
  expect(outcome.code).toBe(0)
  expect(tree(lab.home)).toEqual(before.home)
  expect(tree(join(lab.root, 'etc'))).toEqual(before.etc)
  expect(await mirrorsOf(lab)).toEqual([])
  for (const shell of SHELLS) expect(await ask(shell, 'printenv GREETING || true')).toBe('')
  expect(await ask(['bash', '-ic'], 'printenv GOPROXY')).toBe('https://old.example')
  const again = await goready(lab, ['undo'])
  expect(again.code).toBe(0)
  expect(again.stdout).toContain('nothing to undo')
})

test('tags come from the registry, and from the dated catalogue when it is away', async () => {
  lab.registry.faults.reset()
  const offline = JSON.parse((await goready(lab, ['image', 'tags', '--json'])).stdout)
  lab.registry.faults.clear()
  expect(offline).toMatchObject({ from: 'catalogue' })
  expect(offline.tags.length).toBeGreaterThan(5)
})
