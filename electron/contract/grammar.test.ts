import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  checkFile,
  checkGoProxy,
  checkName,
  checkPathEntry,
  checkPrivate,
  checkSumdb,
  checkUrl,
  checkValue,
  parseDuration,
  parseImage,
  splitGoProxy,
} from './grammar.ts'

test.each([
  ['golang', 'docker.io', 'library/golang', 'latest'],
  ['golang:1.26-alpine', 'docker.io', 'library/golang', '1.26-alpine'],
  ['corp/tool:2', 'docker.io', 'corp/tool', '2'],
  ['localhost:5000/golang', 'localhost:5000', 'golang', 'latest'],
  ['docker.m.daocloud.io/library/golang:1.26', 'docker.m.daocloud.io', 'library/golang', '1.26'],
  [`golang@sha256:${'a'.repeat(64)}`, 'docker.io', 'library/golang', ''],
])('%s is an image', (text, registry, repository, tag) => {
  expect(parseImage(text)).toMatchObject({ registry, repository, tag })
})

test.each([
  '',
  ' golang',
  'Golang',
  'golang:',
  'golang:-x',
  'golang;id',
  '$(id)',
  'a/../b',
  'golang@sha256:12',
  '-golang',
  'http://x/y',
  'golang:1\n2',
])('%j is no image', (text) => expect(parseImage(text)).toBeNull())

test.each([
  ['https://goproxy.cn', null],
  ['http://127.0.0.1:8080/x/', null],
  ['goproxy.cn', 'url-scheme'],
  ['ftp://x', 'url-scheme'],
  ['https://u:p@x', 'url-credentials'],
  ['https://x/?a=1', 'url-query'],
  ['https://x/#f', 'url-query'],
  ['https://x y', 'bad-url'],
  ['https://$(id)', 'bad-url'],
  ['https://x/`id`', 'bad-url'],
  ['https://', 'bad-url'],
  ['', 'empty'],
])('address %j: %s', (text, reason) => expect(checkUrl(text)).toBe(reason))

test.each([
  ['https://goproxy.cn,direct', null],
  ['https://a|https://b|direct', null],
  ['goproxy.cn', null],
  ['file:///srv/proxy', null],
  ['off', null],
  ['goproxycn', 'proxy-entry'],
  [',|,', 'proxy-empty'],
  ['https://u:p@x|direct', 'url-credentials'],
  ['https://a\nhttps://b', 'control-character'],
])('GOPROXY %j: %s', (text, reason) => expect(checkGoProxy(text)).toBe(reason))

test('the separator after an entry is its own', () => {
  expect(splitGoProxy('https://a,https://b|direct')).toEqual([
    { value: 'https://a', separator: ',' },
    { value: 'https://b', separator: '|' },
    { value: 'direct', separator: null },
  ])
})

test('verification is never switched off', () => {
  expect(checkSumdb('off')).toBe('verification-off')
  expect(checkSumdb('sum.golang.google.cn')).toBeNull()
  expect(checkSumdb('lab+0123abcd+AbC/+= https://x')).toBeNull()
  expect(checkPrivate('*')).toBe('verification-off')
  expect(checkPrivate('*.corp.example.com')).toBeNull()
  expect(checkName('GOINSECURE')).toBe('verification-off')
  expect(checkValue('GOSUMDB', 'off')).toBe('verification-off')
  expect(checkValue('GOFLAGS', '-insecure')).toBe('verification-off')
  expect(checkName('NODE_TLS_REJECT_UNAUTHORIZED')).toBe('verification-off')
})

test.each(['LD_PRELOAD', 'BASH_ENV', 'PROMPT_COMMAND', 'NODE_OPTIONS', 'CC', 'GIT_SSH_COMMAND'])(
  '%s would run programs',
  (name) => {
    expect(checkName(name)).toBe('runs-program')
  },
)

test.each([
  ...['node_options', 'Node_Path', 'GOENV', 'GOROOT', 'GOWORK', 'CGO_CFLAGS', 'CGO_LDFLAGS_ALLOW', 'PKG_CONFIG_PATH'],
  ...['GCONV_PATH', 'LESSOPEN', 'LESS', 'MANPAGER', 'SUDO_EDITOR', 'GIT_EXEC_PATH', 'GIT_TEMPLATE_DIR', 'GIT_TRACE'],
  ...['npm_config_script_shell', 'NPM_CONFIG_REGISTRY', 'YARN_RC_FILENAME', 'PIP_TRUSTED_HOST', 'PIP_INDEX_URL'],
  ...[
    'PYTHONWARNINGS',
    'JAVA_TOOL_OPTIONS',
    'RUSTC_WRAPPER',
    'OPENSSL_CONF',
    'XDG_CONFIG_HOME',
    'MAILPATH',
    'HISTFILE',
  ],
])('%s steers what is started', (name) => expect(checkName(name)).toBe('runs-program'))

test.each([
  'NODE_EXTRA_CA_CERTS',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'sslkeylogfile',
  'DOCKER_CONTENT_TRUST',
  'goinsecure',
])('%s would make something believed', (name) => expect(checkName(name)).toBe('verification-off'))

test.each(['Path', 'PATH', 'DOCKER_HOST', 'SystemRoot', 'HOME'])('%s is not ours', (name) =>
  expect(checkName(name)).toBe('reserved-name'),
)

test.each([
  ...['GOPATH', 'GOBIN', 'GOTOOLCHAIN', 'GO111MODULE', 'GOCACHE', 'CGO_ENABLED', 'HTTPS_PROXY', 'no_proxy', 'LANG'],
  ...['GIT_AUTHOR_NAME', 'npm_config_cache', 'PIP_CACHE_DIR', 'GTK_IM_MODULE', 'PYTHONUTF8', 'NODE_ENV', 'VERSION'],
])('%s may be set', (name) => expect(checkName(name)).toBeNull())

test.each([
  ['-mod=mod -trimpath -tags=netgo', null],
  ['-o=/home/me/.bashrc', 'flag'],
  ['-coverprofile=/x', 'flag'],
  ['--exec=/x', 'runs-program'],
  ['-gcflags=-l', 'runs-program'],
])('GOFLAGS %j: %s', (value, reason) => {
  expect(checkValue('GOFLAGS', value)).toBe(reason)
  expect(checkValue('goflags', value)).toBe(reason)
})

test.each(['*.com', '*.*', 'g*', '[a-z]*', '?*.io', 'github.com', 'github.com/*', '*.golang.org', '*.github.com'])(
  'private %j would leave the check out',
  (pattern) => expect(checkPrivate(pattern)).toBe('verification-off'),
)

test.each([
  'github.com/ours',
  'github.com/ours/*',
  'corp',
  '*.corp.example.com',
  'git.example.com/team-?',
  'gitlab.lab.cn',
])('private %j is fine', (pattern) => expect(checkPrivate(pattern)).toBeNull())

test('a folder for PATH that everybody may write, and files elsewhere', () => {
  for (const path of ['/tmp/bin', '/var/tmp', '/dev/shm/x', 'C:\\Temp\\x', 'c:/users/public/bin'])
    expect(checkPathEntry(path)).toBe('shared-folder')
  expect(checkPathEntry('//host/share')).toBe('bad-path')
  expect(checkPathEntry('/opt/tmp/bin')).toBeNull()
  for (const path of ['../ca.pem', 'a/../../etc/shadow', '\\\\host\\ca.pem', '//host/ca.pem', 'C:ca.pem'])
    expect(checkFile(path)).toBe('bad-path')
  for (const path of ['ca.pem', 'certs/ca.pem', '/etc/ssl/room.pem', 'C:\\room\\ca.pem'])
    expect(checkFile(path)).toBeNull()
})

test('names, values and flags', () => {
  expect(checkName('MY_VAR')).toBeNull()
  expect(checkName('PATH')).toBe('reserved-name')
  expect(checkName('A-B')).toBe('bad-name')
  expect(checkName('__proto__')).toBe('bad-name')
  expect(checkValue('X', 'a\u0000b')).toBe('control-character')
  expect(checkValue('X', '$(id) `id` "quotes"')).toBeNull()
  expect(checkValue('GOFLAGS', '-mod=mod')).toBeNull()
  expect(checkValue('GOFLAGS', '-toolexec=/tmp/x')).toBe('runs-program')
  expect(checkValue('GOFLAGS', "'-toolexec=/tmp/x y'")).toBe('runs-program')
  expect(checkValue('GOFLAGS', 'mod')).toBe('bad-pattern')
  expect(checkName('GONOSUMDB')).toBeNull()
  expect(checkValue('GONOSUMDB', 'corp.example,*.lab.example')).toBeNull()
  for (const all of ['*', '*/*', '**', 'corp.example,*']) expect(checkValue('GONOSUMDB', all)).toBe('verification-off')
  expect(checkValue('GONOPROXY', 'none')).toBeNull()
  expect(checkPathEntry('~/go/bin')).toBeNull()
  expect(checkPathEntry('bin')).toBe('bad-path')
  expect(checkPathEntry('/a:/b')).toBe('bad-path')
  expect(checkPathEntry('/a/../b')).toBe('bad-path')
})

test('durations', () => {
  expect(['10s', '500ms', '2m', '0s', '1h', '', '10'].map(parseDuration)).toEqual([
    10_000,
    500,
    120_000,
    null,
    null,
    null,
    null,
  ])
})

test('no text makes a grammar throw, and what an image grammar takes has no shell in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const check of [checkUrl, checkGoProxy, checkSumdb, checkPrivate, checkName, checkPathEntry]) check(text)
      if (parseImage(text)) expect(text).toMatch(/^[\w.:@/-]+$/)
      if (checkUrl(text) === null) expect(text).not.toMatch(/[\s"'`$\\]/)
    }),
  )
})
