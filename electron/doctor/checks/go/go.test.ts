import { expect, test } from 'vitest'
import type { DoctorCheck } from '../../check.ts'
import { type Machine, putGo, testContext } from '../../../engine/test-doctor-context.ts'
import { goEnvFileCheck } from './env-file.ts'
import { goFlagsCheck } from './flags.ts'
import { goPathCheck } from './gopath.ts'
import { goModuleModeCheck } from './module-mode.ts'
import { goProgramsCheck } from './programs.ts'
import { mendedProxy, proxyFault } from './proxy-list.ts'
import { goProxyCheck } from './proxy.ts'
import { goToolchainCheck } from './toolchain.ts'
import { goTrustCheck } from './trust.ts'

const { signal } = new AbortController()
const ALL: readonly DoctorCheck[] = [
  goEnvFileCheck,
  goProgramsCheck,
  goFlagsCheck,
  goProxyCheck,
  goTrustCheck,
  goToolchainCheck,
  goModuleModeCheck,
  goPathCheck,
]
const GOENV = '/home/u/.config/go/env'
const RC = '/home/u/.bashrc'
const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le')

type Case = Machine & { gos?: Readonly<Record<string, string>> }

/** What all checks of Go say of a machine: codes with severities, and whether each is repaired. */
async function findings({ gos = { '/usr/local/go/bin/go': '1.26.4' }, ...machine }: Case) {
  const { sys, context } = testContext({
    ...machine,
    environment: { PATH: '/usr/local/go/bin:/usr/bin', ...machine.environment },
  })
  for (const [path, version] of Object.entries(gos)) putGo(sys, path, version, { refuses: /nonsense/ })
  const all = await Promise.all(
    ALL.map(async (check) => {
      if (check.applies && !(await check.applies(context, signal))) return []
      const { found } = await check.check(context, signal)
      for (const { code } of found) expect(check.codes).toContain(code)
      return found
    }),
  )
  return all.flat()
}

const said = async (machine: Case): Promise<readonly string[]> =>
  (await findings(machine)).map(
    ({ code, severity, repairs = [] }) =>
      `${code} ${severity}${repairs.map(({ safe }) => (safe ? ' safe' : ' repair')).join('')}`,
  )

const env = (text: string): Machine => ({ files: { [GOENV]: text } })
const rc = (text: string, goenv = 'GOPROXY=https://proxy.corp.example\n'): Machine => ({
  files: { [RC]: text, [GOENV]: goenv },
})

test.each<[string, Case, string]>([
  ['flags that go refuses, in the file', env('GOFLAGS=-nonsense\n'), 'go.flags-broken error safe'],
  ['the same in a shell', rc('export GOFLAGS=-nonsense\n'), 'go.flags-broken error safe'],
  [
    'the same hidden by good ones',
    rc('export GOFLAGS=-mod=mod\n', 'GOFLAGS=-nonsense\n'),
    'go.flags-broken error safe',
  ],
  ['the same in the environment alone', { environment: { GOFLAGS: '-nonsense' } }, 'go.flags-broken error'],
  ['flags that no go takes, without a go', { ...env('GOFLAGS=mod=mod\n'), gos: {} }, 'go.flags-broken error safe'],
  ['a BOM', env('\ufeffGOPROXY=https://a.example\n'), 'go.env-bom error safe'],
  ['CRLF', env('GOPROXY=https://a.example|direct\r\nGOSUMDB=sum.golang.org\r\n'), 'go.env-crlf error safe'],
  ['UTF-16', { files: { [GOENV]: utf16('GOPROXY=https://a.example\r\n') } }, 'go.env-utf16 error safe'],
  ['a folder in its place', { files: { [`${GOENV}/x`]: '' } }, 'go.env-unreadable error repair'],
  ['no scheme', env('GOPROXY=goproxy\n'), 'go.proxy-syntax error repair'],
  ['a space', env('GOPROXY=https://a. example,direct\n'), 'go.proxy-syntax error safe'],
  ['a list of nothing', env('GOPROXY=,|\n'), 'go.proxy-syntax error repair'],
  ['another scheme', env('GOPROXY=ftp://a.example\n'), 'go.proxy-syntax error repair'],
  ['a wrong word', env('GOPROXY=https://a.example,Direct\n'), 'go.proxy-syntax error safe'],
  ['what is never reached', env('GOPROXY=direct,https://a.example\n'), 'go.proxy-unreached warning'],
  ['a hidden proxy', rc('export GOPROXY=https://other.example\n'), 'go.proxy-hidden warning repair'],
  ['verification off', env('GOSUMDB=off\n'), 'go.sumdb-off warning repair'],
  ['off with a foreign proxy', env('GOSUMDB=off\nGOPROXY=https://a.example\n'), 'go.sumdb-off error repair'],
  ['an unknown database', env('GOSUMDB=sum.golang.com\n'), 'go.sumdb-unknown error safe'],
  ['no module is verified', env('GONOSUMDB=*\n'), 'go.nosumdb-all warning repair'],
  ['all insecure', env('GOINSECURE=*\n'), 'go.insecure warning repair'],
  ['GONOPROXY alone', env('GONOPROXY=corp.example\n'), 'go.nosumdb-missing warning repair'],
  [
    'GONOSUMDB names less',
    env('GOPRIVATE=a.example,b.example\nGONOSUMDB=a.example\n'),
    'go.nosumdb-missing warning repair',
  ],
  [
    'old, with a foreign proxy',
    { ...env('GOPROXY=https://a.example\n'), gos: { '/usr/bin/go': '1.19.8' } },
    'go.too-old warning',
  ],
  ['a bad GOTOOLCHAIN', env('GOTOOLCHAIN=1.26\n'), 'go.toolchain-bad error safe'],
  [
    'local, and a newer project',
    { files: { [GOENV]: 'GOTOOLCHAIN=local\n', '/p/go.mod': 'module m\n\ngo 1.27.0\n' }, project: '/p/sub' },
    'go.toolchain error repair',
  ],
  [
    'too old to switch',
    { files: { '/p/go.mod': 'module m\ngo 1.27.0\n' }, project: '/p', gos: { '/usr/bin/go': '1.19.8' } },
    'go.toolchain error',
  ],
  ['modules off', env('GO111MODULE=off\n'), 'go.module-off warning repair'],
  [
    'modules off in a project',
    { files: { [GOENV]: 'GO111MODULE=off\n', '/p/go.mod': 'module m\n' }, project: '/p' },
    'go.module-off error repair',
  ],
  ['auto', env('GO111MODULE=auto\n'), 'go.module-auto info repair'],
  ['no mode of modules', env('GO111MODULE=yes\n'), 'go.module-bad error safe'],
  ['a relative GOPATH', env('GOPATH=~/go\n'), 'go.gopath-relative error safe'],
  ['a relative GOBIN', env('GOBIN=bin\n'), 'go.gobin-relative error safe'],
  ['GOPATH is GOROOT', env('GOPATH=/usr/local/go\n'), 'go.gopath-root warning safe'],
  ['a go.mod in GOPATH', { files: { '/home/u/go/go.mod': 'module x\n' } }, 'go.gopath-module error repair'],
  ['GOROOT is gone', env('GOROOT=/opt/go1.17\n'), 'go.goroot-left error safe'],
  [
    'GOROOT of another Go',
    { ...env('GOROOT=/opt/go1.17\n'), gos: { '/usr/local/go/bin/go': '1.26.4', '/opt/go1.17/bin/go': '1.17' } },
    'go.goroot-left error safe',
  ],
  [
    'an old go of the system hides a new one',
    { gos: { '/usr/bin/go': '1.19.8', '/usr/local/go/bin/go': '1.26.4' }, environment: { PATH: '/usr/bin' } },
    'go.path-order warning repair',
  ],
])('%s', async (_, machine, expected) => {
  expect(await said(machine)).toEqual([expected])
})

test.each<[string, Case]>([
  ['nothing set', {}],
  ['no go', { gos: {} }],
  ['a comma', env('GOPROXY=https://goproxy.cn,direct\n')],
  ['a space around', env('GOPROXY=https://goproxy.cn , direct\n')],
  ['no scheme, but a host', env('GOPROXY=goproxy.cn\n')],
  ['a disk', env('GOPROXY=file:///srv/mods,off\nGOSUMDB=off\n')],
  ['nobody', env('GOPROXY=off\n')],
  [
    'private, in order',
    env('GOPROXY=https://u:p@nexus.corp.example/go\nGOPRIVATE=corp.example\nGONOSUMDB=corp.example\n'),
  ],
  ['private behind a proxy of its own', env('GOPRIVATE=corp.example/x\nGONOPROXY=none\nGONOSUMDB=corp.example\n')],
  ['flags', env('GOFLAGS=-mod=mod\n')],
  ['several, the newest first', { gos: { '/usr/local/go/bin/go': '1.26.4', '/usr/bin/go': '1.19.8' } }],
  [
    'an older one of the own choice first',
    {
      gos: { '/home/u/sdk/go1.25.10/bin/go': '1.25.10', '/usr/local/go/bin/go': '1.26.4' },
      environment: { PATH: '/home/u/sdk/go1.25.10/bin:/usr/local/go/bin' },
    },
  ],
  ['its own GOROOT', env('GOROOT=/usr/local/go\n')],
  [
    'GOROOT with its own PATH',
    {
      files: { [RC]: 'export GOROOT=/opt/go\nexport PATH=/opt/go/bin:$PATH\n' },
      gos: { '/usr/local/go/bin/go': '1.26.4', '/opt/go/bin/go': '1.25.10' },
    },
  ],
  ['the same in shell and file', rc('export GOPROXY=https://proxy.corp.example\n')],
  ['an empty variable', rc('export GOPROXY=\n')],
  ['a mirror of the database', env('GOSUMDB=sum.golang.google.cn\n')],
  ['a database behind an address', env('GOSUMDB=sum.golang.org https://sum.corp.example\n')],
  ['modules on', env('GO111MODULE=on\n')],
  ['a newer project, and auto', { files: { '/p/go.mod': 'module m\ngo 1.27.0\n' }, project: '/p' }],
  [
    'an older project, and local',
    { files: { [GOENV]: 'GOTOOLCHAIN=local\n', '/p/go.mod': 'module m\ngo 1.21\n' }, project: '/p' },
  ],
  ['a pinned toolchain', env('GOTOOLCHAIN=go1.25.10+auto\n')],
  ['several GOPATHs', env('GOPATH=/home/u/go:/srv/go\n')],
  ['comments with CRLF', env('# mine\r\nGOPROXY=https://a.example\n')],
  ['a BOM in front of a comment', env('\ufeff# mine\nGOPROXY=https://a.example\n')],
])('healthy: %s', async (_, machine) => {
  expect(await said(machine)).toEqual([])
})

test.each([
  ['https://a. example,direct', 'https://a.example,direct'],
  ['"https://a.example,direct"', 'https://a.example,direct'],
  ['https://a.example，direct', 'https://a.example,direct'],
  ['https:/a.example|Direct', 'https://a.example|direct'],
  ['https：//a。example', 'https://a.example'],
  ['goproxy', null],
  ['ftp://a.example', null],
  [',,', null],
])('%s is meant as %s', (list, meant) => {
  expect(proxyFault(list)).not.toBeNull()
  expect(mendedProxy(list)).toBe(meant)
})

test('a fault in a shell names the line, and its repair switches off that line alone', async () => {
  const [found] = await findings(rc('alias ll=ls\nexport GOFLAGS=-nonsense\n'))
  expect(found?.subject).toBe('GOFLAGS')
  expect(found?.values?.where).toBe(`${RC}:2`)
  const [repair] = found?.repairs ?? []
  expect(repair?.kind === 'edits' && repair.edits.map(({ target, key }) => [target.path, key.split(':')[0]])).toEqual([
    [RC, 'off'],
  ])
})

test('a project that is too new for the go of the system says which image does', async () => {
  const files = { '/p/go.mod': 'module m\ngo 1.27.1 // newest\n' }
  const [found] = await findings({ files, project: '/p', gos: { '/usr/bin/go': '1.19.8' } })
  expect(found?.values).toMatchObject({ needs: '1.27.1', minor: '1.27', version: '1.19.8' })
})
