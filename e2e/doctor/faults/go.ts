import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PLAIN_PATH } from '../../../electron/settings/find-program.ts'
import type { Fault, Ground } from '../fault.ts'

const goenv = ({ home }: Ground): string => join(home, '.config/go/env')

/** Lines behind those of the GOENV file; the last of a name counts. */
const set =
  (...lines: readonly string[]) =>
  (ground: Ground): Promise<void> =>
    appendFile(goenv(ground), lines.map((line) => `${line}\n`).join(''))

/** Lines of a new terminal. */
const rc =
  (...lines: readonly string[]) =>
  ({ home }: Ground): Promise<void> =>
    writeFile(join(home, '.bashrc'), ['alias ll="ls -l"', ...lines, ''].join('\n'))

/** A project in the folder in which the check runs. */
const project = ({ dir }: Ground, version: string): Promise<void> =>
  writeFile(join(dir, 'go.mod'), `module example.com/mine\n\ngo ${version}\n`)

/** The folder of the new Go that every ground has in front of PATH. */
const newGo = ({ env }: Ground): string => env['PATH']?.split(':')[0] ?? ''

const inFile = (name: string, code: string, severity: Fault['severity'], ...lines: readonly string[]): Fault => ({
  name,
  code,
  severity,
  plant: set(...lines),
  repair: true,
})

export const goFaults: readonly Fault[] = [
  {
    name: 'goenv with a BOM',
    code: 'go.env-bom',
    severity: 'error',
    async plant(ground) {
      const text = await readFile(goenv(ground), 'utf8')
      await writeFile(goenv(ground), `\ufeffGOFLAGS=-mod=mod\n${text}`)
    },
    repair: true,
  },
  {
    name: 'goenv with CRLF',
    code: 'go.env-crlf',
    severity: 'error',
    async plant(ground) {
      const text = await readFile(goenv(ground), 'utf8')
      await writeFile(goenv(ground), `# 我的设置\r\n${text.replaceAll('\n', '\r\n')}GOFLAGS=-mod=mod\r`)
    },
    repair: true,
  },
  {
    name: 'goenv in UTF-16, from PowerShell',
    code: 'go.env-utf16',
    severity: 'error',
    async plant(ground) {
      const text = await readFile(goenv(ground), 'utf8')
      await writeFile(goenv(ground), Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le'))
      // What go falls back to is out of the lab's reach.
      Object.assign(ground.env, { GOPROXY: ground.lab.goproxy.url, GOSUMDB: ground.lab.goproxy.sumdb })
    },
    repair: true,
  },
  {
    name: 'a folder in the place of goenv',
    code: 'go.env-unreadable',
    severity: 'error',
    async plant(ground) {
      // What go falls back to is out of the lab's reach.
      Object.assign(ground.env, { GOPROXY: ground.lab.goproxy.url, GOSUMDB: ground.lab.goproxy.sumdb })
      await rm(goenv(ground))
      await mkdir(goenv(ground))
    },
    repair: true,
  },
  inFile('GOFLAGS that go refuses', 'go.flags-broken', 'error', 'GOFLAGS=-mod=mod -nosuchflag'),
  {
    name: 'GOFLAGS that go refuses, in .bashrc',
    code: 'go.flags-broken',
    severity: 'error',
    plant: rc('export GOFLAGS="mod=vendor"'),
    repair: true,
  },
  {
    name: 'GOFLAGS that go refuses, in this terminal',
    code: 'go.flags-broken',
    severity: 'error',
    plant: async ({ env }) => void (env['GOFLAGS'] = '--'),
    repair: false,
  },
  {
    name: 'GOROOT of a Go that is gone',
    code: 'go.goroot-left',
    severity: 'error',
    plant: rc('export GOROOT=/opt/go1.17', 'export PATH=$PATH:$HOME/go/bin'),
    repair: true,
  },
  inFile('GOROOT of the other Go', 'go.goroot-left', 'error', 'GOROOT=/usr/lib/go-1.19'),
  {
    name: 'an old go of the system in front of the new one',
    code: 'go.path-order',
    severity: 'warning',
    beside: ['go.too-old'],
    plant: async (ground) => void (ground.env['PATH'] = `${PLAIN_PATH}:${newGo(ground)}`),
    repair: true,
  },
  {
    name: 'a go in front of PATH that does not run',
    code: 'go.path-broken',
    severity: 'error',
    async plant({ home, env }) {
      await mkdir(join(home, 'bin'))
      await writeFile(join(home, 'bin/go'), '#!/nonexistent/interpreter\n', { mode: 0o755 })
      env['PATH'] = `${join(home, 'bin')}:${env['PATH'] ?? ''}`
    },
    repair: false,
  },
  {
    name: 'GOPROXY without a scheme',
    code: 'go.proxy-syntax',
    severity: 'error',
    plant: rc('export GOPROXY=goproxy'),
    repair: true,
  },
  {
    name: 'GOPROXY with a full-width comma and a space in it',
    code: 'go.proxy-syntax',
    severity: 'error',
    plant: (ground) => set(`GOPROXY=${ground.lab.goproxy.url.replace('://', ':// ')}，direct`)(ground),
    repair: true,
  },
  {
    name: 'GOPROXY of nothing but commas',
    code: 'go.proxy-syntax',
    severity: 'error',
    plant: rc('export GOPROXY=,,'),
    repair: true,
  },
  {
    name: 'GOPROXY with something behind direct',
    code: 'go.proxy-unreached',
    severity: 'warning',
    plant: (ground) => set(`GOPROXY=${ground.lab.goproxy.url},direct,https://proxy.example.com`)(ground),
    repair: false,
  },
  {
    name: 'GOPROXY of the file hidden by an export',
    code: 'go.proxy-hidden',
    severity: 'warning',
    plant: (ground) => rc(`export GOPROXY=${ground.lab.goproxy.url}/,direct`)(ground),
    repair: true,
  },
  inFile('GOSUMDB=off', 'go.sumdb-off', 'error', 'GOSUMDB=off'),
  inFile('GOSUMDB that nobody knows', 'go.sumdb-unknown', 'error', 'GOSUMDB=sum.golang.com'),
  inFile('GONOSUMDB for everything', 'go.nosumdb-all', 'error', 'GONOSUMDB=*'),
  inFile('GOINSECURE for everything', 'go.insecure', 'warning', 'GOINSECURE=*'),
  inFile(
    'private by GONOPROXY alone',
    'go.nosumdb-missing',
    'warning',
    'GONOPROXY=git.corp.example,*.internal.example',
  ),
  inFile(
    'GONOSUMDB that names less than GOPRIVATE',
    'go.nosumdb-missing',
    'warning',
    'GOPRIVATE=a.example,b.example',
    'GONOSUMDB=a.example',
  ),
  {
    name: 'a Go too old for a proxy of somebody else',
    code: 'go.too-old',
    severity: 'warning',
    plant: async ({ env }) => void (env['PATH'] = PLAIN_PATH),
    repair: false,
  },
  {
    name: 'GOTOOLCHAIN=local and a project that is newer',
    code: 'go.toolchain',
    severity: 'error',
    async plant(ground) {
      await set('GOTOOLCHAIN=local')(ground)
      await project(ground, '1.99.1')
    },
    repair: true,
  },
  {
    name: 'a project too new for a Go that cannot switch',
    code: 'go.toolchain',
    severity: 'error',
    beside: ['go.too-old'],
    async plant(ground) {
      ground.env['PATH'] = PLAIN_PATH
      await project(ground, '1.26.0')
    },
    repair: false,
  },
  inFile('GOTOOLCHAIN that go cannot read', 'go.toolchain-bad', 'error', 'GOTOOLCHAIN=1.26'),
  {
    name: 'GO111MODULE=off in a project',
    code: 'go.module-off',
    severity: 'error',
    async plant(ground) {
      await rc('export GO111MODULE=off')(ground)
      await project(ground, '1.20')
    },
    repair: true,
  },
  inFile('GO111MODULE=off without a project', 'go.module-off', 'warning', 'GO111MODULE=off'),
  inFile('GO111MODULE=auto', 'go.module-auto', 'info', 'GO111MODULE=auto'),
  inFile('GO111MODULE that go does not know', 'go.module-bad', 'error', 'GO111MODULE=yes'),
  inFile('a relative GOPATH', 'go.gopath-relative', 'error', 'GOPATH=~/go'),
  inFile('a relative GOBIN', 'go.gobin-relative', 'error', 'GOBIN=bin'),
  {
    name: 'GOPATH that is GOROOT',
    code: 'go.gopath-root',
    severity: 'warning',
    plant: (ground) => set(`GOPATH=${dirname(newGo(ground))}`)(ground),
    repair: true,
  },
  {
    name: 'a go.mod in GOPATH',
    code: 'go.gopath-module',
    severity: 'error',
    async plant({ home }) {
      await mkdir(join(home, 'go/pkg'), { recursive: true })
      await writeFile(join(home, 'go/go.mod'), 'module oops\n')
    },
    repair: true,
  },
]
