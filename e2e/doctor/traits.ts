import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, realpath, rename, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PLAIN_PATH } from '../../electron/settings/find-program.ts'
import { listName } from '../../electron/settings/apt/recognise.ts'
import { must } from '../lab/process.ts'
import { inRelease } from '../lab/apt-archive.ts'
import { type Machine, put, type Trait } from './machine.ts'
import { CLOSED_LOGIN } from './servers.ts'

// What machines may have that are well: unusual, valid, and seen on real ones. Each list holds what excludes each other.

const plain: Trait = { name: '', change() {} }

const hosts = (machine: Machine): string => machine.servers.address
const secure = (machine: Machine, part: 'npm' | 'pip'): string => machine.field[part].httpsUrl

/** Authorities of their own, for the tools that need them. */
const AUTHORITIES: readonly Trait[] = [
  plain,
  {
    name: 'SSL_CERT_FILE and https for Go',
    change(machine) {
      machine.ground.env['SSL_CERT_FILE'] = machine.servers.bundle
      machine.go.set('GOPROXY', machine.field.lab.goproxy.httpsUrl)
    },
  },
  {
    name: 'npm cafile',
    change(machine) {
      machine.npm.lines = [`registry=${secure(machine, 'npm')}/`, `cafile=${machine.servers.ca}`]
    },
  },
  plain,
  {
    name: 'NODE_EXTRA_CA_CERTS for npm',
    change(machine) {
      machine.ground.env['NODE_EXTRA_CA_CERTS'] = machine.servers.ca
      machine.npm.lines = [`registry=${secure(machine, 'npm')}/`]
    },
  },
  {
    name: 'pip cert',
    change(machine) {
      machine.pip.lines = ['[global]', `index-url = ${secure(machine, 'pip')}`, `cert = ${machine.servers.bundle}`]
    },
  },
  {
    name: 'every tool over https',
    change(machine) {
      const { env } = machine.ground
      for (const name of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT', 'REQUESTS_CA_BUNDLE'])
        env[name] = machine.servers.bundle
      machine.go.set('GOPROXY', `${machine.field.lab.goproxy.httpsUrl},direct`)
      machine.npm.lines = [`registry=${secure(machine, 'npm')}/`, `cafile=${machine.servers.ca}`]
      machine.pip.lines = ['[global]', `index-url=${secure(machine, 'pip')}/`, `cert=${machine.servers.bundle}`]
    },
  },
]

/** Proxies of a company. */
const PROXIES: readonly Trait[] = [
  plain,
  {
    name: 'a proxy, and NO_PROXY for all that is near',
    change(machine) {
      const url = `http://${hosts(machine)}:${machine.servers.proxy.port}`
      Object.assign(machine.ground.env, {
        ...{ HTTP_PROXY: url, HTTPS_PROXY: url },
        NO_PROXY: `localhost,127.0.0.1,::1,${hosts(machine)},.corp.example`,
      })
    },
  },
  plain,
  {
    name: 'a proxy that everything goes through, in small letters',
    change(machine) {
      const url = `http://${hosts(machine)}:${machine.servers.proxy.port}`
      Object.assign(machine.ground.env, { http_proxy: url, https_proxy: url, no_proxy: 'localhost,127.0.0.1' })
    },
  },
  {
    name: 'a proxy with a password',
    change(machine) {
      const login = CLOSED_LOGIN.split(':').map(encodeURIComponent).join(':')
      const url = `http://${login}@${hosts(machine)}:${machine.servers.closedProxy.port}/`
      Object.assign(machine.ground.env, { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: 'localhost,127.0.0.0/8' })
    },
  },
  {
    name: 'proxies in the files of npm and pip',
    change(machine) {
      const url = `http://${hosts(machine)}:${machine.servers.proxy.port}`
      machine.npm.lines.push(`proxy=${url}`, `https-proxy=${url}`, 'noproxy=localhost,127.0.0.1')
      machine.pip.lines.push(`proxy = ${url}`)
    },
  },
]

/** Where modules come from. */
const SOURCES: readonly Trait[] = [
  plain,
  {
    name: 'two proxies with a comma',
    change: ({ go, servers, field }) => void go.set('GOPROXY', `${servers.corporate},${field.lab.goproxy.url},direct`),
  },
  {
    name: 'two proxies with a bar',
    change: ({ go, servers, field }) => void go.set('GOPROXY', `${field.lab.goproxy.url}|${servers.corporate}|direct`),
  },
  {
    name: 'file:// before a proxy',
    change: ({ go, servers, field }) =>
      void go.set('GOPROXY', `file://${servers.modules}/cache/download,${field.lab.goproxy.url}`),
  },
  {
    name: 'a private proxy behind a path',
    change: ({ go, servers }) => void go.set('GOPROXY', servers.corporate),
  },
  {
    name: 'file:// alone, with the own modules private',
    change({ go, servers }) {
      go.set('GOPROXY', `file://${servers.modules}/cache/download`)
      // With what may be private besides: a list of one's own replaces GOPRIVATE's.
      go.set('GONOSUMDB', 'corp.example,git.corp.example/*')
    },
  },
]

/** Other settings of Go. */
const GO: readonly Trait[] = [
  plain,
  {
    name: 'private modules',
    change({ go }) {
      go.set('GOPRIVATE', 'git.corp.example,*.internal.example')
      go.set('GONOSUMDB', 'git.corp.example,*.internal.example,corp.example/tools')
      go.set('GONOPROXY', 'none')
    },
  },
  { name: 'GOFLAGS=-mod=mod', change: ({ go }) => void go.set('GOFLAGS', '-mod=mod') },
  { name: 'GOTOOLCHAIN=local', change: ({ go }) => void go.set('GOTOOLCHAIN', 'local') },
  {
    name: 'two flags and no cgo',
    change({ go }) {
      go.set('GOFLAGS', '-trimpath -buildvcs=false')
      go.set('CGO_ENABLED', '0')
    },
  },
  {
    name: 'GOPATH and GOBIN elsewhere',
    async change({ go, ground }) {
      for (const name of ['work', 'tools']) await mkdir(join(ground.dir, name))
      go.set('GOPATH', join(ground.dir, 'work'))
      go.set('GOBIN', join(ground.dir, 'tools'))
    },
  },
  { name: 'GOPRIVATE alone', change: ({ go }) => void go.set('GOPRIVATE', 'git.corp.example/*') },
]

/** Where Go's settings stand, and the home's own ways. */
const PLACES: readonly Trait[] = [
  plain,
  {
    name: 'variables and GOENV=off',
    change: (machine) => void Object.assign(machine, { named: false, goAt: 'variables' }),
  },
  { name: 'a file of GOENV', change: (machine) => void Object.assign(machine, { named: false, goAt: 'other' }) },
  { name: 'XDG_CONFIG_HOME', change: (machine) => void Object.assign(machine, { named: false, config: '.cfg' }) },
  { name: 'dotfiles as links', change: (machine) => void Object.assign(machine, { dotfiles: true }) },
  {
    name: 'the home is a link',
    change(machine) {
      machine.last.push(async ({ ground: { home } }) => {
        await rename(home, `${home}.real`)
        await symlink(`${home}.real`, home)
      })
    },
  },
]

/** The programs named go. */
const PROGRAMS: readonly Trait[] = [
  plain,
  {
    name: 'several Gos, ~/go/bin',
    async change(machine) {
      const { ground } = machine
      const [newest = ''] = ground.env['PATH']?.split(':') ?? []
      ground.env['PATH'] =
        `${newest}:${ground.home}/go/bin:${ground.home}/.local/bin:/usr/lib/go-1.19/bin:${PLAIN_PATH}`
      put(machine, 'home/go/bin/hello', '#!/bin/sh\necho hello\n', 0o755)
    },
  },
  {
    name: 'GOROOT as the winner says it',
    change({ ground }) {
      ground.env['GOROOT'] = dirname(ground.env['PATH']?.split(':')[0] ?? '')
    },
  },
  {
    name: 'Go through a link',
    async change({ ground }) {
      const [newest = ''] = ground.env['PATH']?.split(':') ?? []
      await mkdir(join(ground.dir, 'bin'))
      for (const name of ['go', 'gofmt']) await symlink(join(newest, name), join(ground.dir, 'bin', name))
      ground.env['PATH'] = `${join(ground.dir, 'bin')}:${PLAIN_PATH}`
    },
  },
  {
    name: 'no Go at all',
    async change(machine) {
      const { ground, go } = machine
      const real = dirname(dirname(await realpath('/usr/bin/go')))
      const empty = join(ground.dir, 'empty')
      await mkdir(empty)
      const script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
      ground.wrap.push('unshare', '--mount', '--propagation', 'private', '--', 'sh', '-c', script, 'sh', empty, real)
      ground.env['PATH'] = PLAIN_PATH
      go.clear()
      delete ground.env['GOROOT']
    },
  },
]

const NPM: readonly Trait[] = [
  plain,
  {
    name: 'scopes and tokens',
    change({ npm, field }) {
      const bare = field.npm.url.replace('http:', '')
      npm.mode = 0o600
      npm.lines.push(`@corp:registry=${field.npm.url}/`, `${bare}/:_authToken=0123456789abcdef`)
    },
  },
  {
    name: 'comments, a variable and many keys',
    change(machine) {
      machine.ground.env['NPM_TOKEN'] = '0123456789abcdef'
      machine.npm.lines.unshift('; of the company', '# and of mine')
      machine.npm.lines.push(
        '//npm.corp.example/:_authToken=${NPM_TOKEN}',
        'fund=false',
        'audit = false',
        'save-exact=true',
      )
      machine.npm.mode = 0o600
    },
  },
  {
    name: 'yarn and pnpm',
    change(machine) {
      put(machine, 'home/.yarnrc.yml', `npmRegistryServer: "${machine.field.npm.url}"\nunsafeHttpWhitelist:\n  - "*"\n`)
      put(machine, 'home/.yarnrc', `# yarn lockfile v1\n\nregistry "${machine.field.npm.url}/"\n`)
      put(machine, `home/${machine.config}/pnpm/rc`, 'store-dir=/tmp/none\n')
    },
  },
]

const PIP: readonly Trait[] = [
  plain,
  { name: 'the old place of pip.conf', change: ({ pip }) => void (pip.path = 'home/.pip/pip.conf') },
  { name: 'pip.conf for all users', change: ({ pip }) => void (pip.path = 'root/etc/pip.conf') },
  {
    name: 'a second index and sections',
    change({ pip, field }) {
      pip.lines.push(
        'timeout = 60',
        `extra-index-url = ${field.pip.url}`,
        '[install]',
        'user = true',
        '[list]',
        'format = columns',
      )
    },
  },
]

const DOCKER: readonly Trait[] = [
  plain,
  {
    name: 'a context',
    change(machine) {
      // As `docker context create` names it.
      const folder = createHash('sha256').update('lab').digest('hex')
      const meta = {
        Name: 'lab',
        Metadata: {},
        Endpoints: { docker: { Host: machine.field.lab.dockerHost, SkipTLSVerify: false } },
      }
      put(machine, 'home/.docker/config.json', JSON.stringify({ auths: {}, currentContext: 'lab' }), 0o600)
      put(machine, `home/.docker/contexts/meta/${folder}/meta.json`, JSON.stringify(meta))
    },
  },
  {
    name: 'a login in config.json',
    change(machine) {
      const auth = Buffer.from('worker:secret').toString('base64')
      put(
        machine,
        'home/.docker/config.json',
        JSON.stringify({ auths: { 'hub.corp.example': { auth } }, detachKeys: 'ctrl-q' }),
        0o600,
      )
    },
  },
  {
    name: 'many keys in daemon.json',
    alone: true,
    change(machine) {
      const { lab } = machine.field
      const daemon = {
        ...{
          'registry-mirrors': [`${lab.registry.url}/`],
          'log-driver': 'json-file',
          'log-opts': { 'max-size': '10m' },
        },
        ...{ 'default-address-pools': [{ base: '172.80.0.0/16', size: 24 }], 'live-restore': false, debug: false },
        ...{
          'default-ulimits': { nofile: { Name: 'nofile', Hard: 64000, Soft: 64000 } },
          features: { buildkit: true },
        },
        ...{ 'max-concurrent-downloads': 5, labels: ['room=12'] },
      }
      put(machine, 'root/etc/docker/daemon.json', JSON.stringify(daemon, null, 4), 0o600)
      machine.last.push(async () => {
        await lab.stopDocker()
        await lab.startDocker()
      })
    },
  },
  plain,
  {
    name: 'a file of rootless Docker',
    change(machine) {
      put(machine, `home/${machine.config}/docker/daemon.json`, '{\n  "features": { "buildkit": true }\n}\n')
    },
  },
]

const SHELLS: readonly Trait[] = [
  plain,
  {
    name: 'ZDOTDIR',
    change(machine) {
      put(machine, 'home/.zshenv', 'export ZDOTDIR="$HOME/.zsh"\n')
      put(
        machine,
        'home/.zsh/.zshrc',
        'autoload -Uz compinit\nexport EDITOR=vim\nexport PATH="$HOME/.local/bin:$PATH"\n',
      )
    },
  },
  {
    name: 'fish',
    change(machine) {
      put(
        machine,
        `home/${machine.config}/fish/config.fish`,
        'if status is-interactive\n    set -g fish_greeting\nend\n',
      )
      put(machine, `home/${machine.config}/fish/conf.d/go.fish`, 'fish_add_path ~/go/bin\nset -gx EDITOR nvim\n')
    },
  },
  {
    name: 'what a distribution puts into .bashrc',
    change(machine) {
      put(machine, 'home/.bashrc', bashrc())
      put(
        machine,
        'home/.profile',
        'if [ -n "$BASH_VERSION" ]; then\n  [ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"\nfi\n',
      )
    },
  },
  {
    name: 'the same value in the file and in the shell',
    change(machine) {
      machine.last.push(async ({ ground, go }) => {
        const value = go.get('GOPROXY')
        if (value === undefined) return
        await must(['sh', '-c', 'printf "export GOPROXY=\'%s\'\n" "$1" >> "$2/.profile"', 'sh', value, ground.home])
      })
    },
  },
]

const bashrc = (): string => {
  const shipped = '/etc/skel/.bashrc'
  try {
    return readFileSync(shipped, 'utf8')
  } catch {
    return 'case $- in *i*) ;; *) return;; esac\nHISTCONTROL=ignoreboth\n'
  }
}

const CACHES: readonly Trait[] = [
  plain,
  {
    name: 'a module cache',
    change(machine) {
      machine.last.push(async ({ ground, servers }) => {
        await mkdir(join(ground.home, 'go/pkg'), { recursive: true })
        await must(['cp', '-a', servers.modules, join(ground.home, 'go/pkg/mod')])
      })
    },
  },
  {
    name: 'a module cache elsewhere, writable',
    change(machine) {
      const { ground, go } = machine
      const folder = join(ground.dir, 'modcache')
      go.set('GOMODCACHE', folder)
      go.set('GOFLAGS', `${go.get('GOFLAGS') ?? ''} -modcacherw`.trim())
      machine.last.push(async ({ servers }) => {
        await must(['cp', '-a', servers.modules, folder])
        await must(['chmod', '-R', 'u+w', folder])
      })
    },
  },
]

const SYSTEMS: readonly Trait[] = [
  plain,
  { name: 'apt in stanzas, Signed-By', change: (machine) => apt(machine, true) },
  { name: 'apt in lines', change: (machine) => apt(machine, false) },
  {
    name: 'files of all users that nobody may write',
    change(machine) {
      // A GOROOT that comes from nowhere and another PATH would really be at odds.
      const path = machine.ground.env['GOROOT'] === undefined ? 'PATH="/usr/local/bin:/usr/bin:/bin"\n' : ''
      put(machine, 'root/etc/environment', `${path}LC_TIME=C.UTF-8\n`, 0o444)
      put(machine, 'root/etc/profile.d/company.sh', 'export EDITOR=vim\numask 022\n', 0o444)
      put(machine, 'root/etc/zsh/zshenv', '# nothing\n', 0o444)
    },
  },
]

/** The distribution's own archive on a mirror, fetched lists beside it. */
async function apt(machine: Machine, stanzas: boolean): Promise<void> {
  const { servers } = machine
  const key = readFileSync(servers.signer.key)
  const keyring = '/usr/share/keyrings/lab-archive-keyring.asc'
  put(machine, `root${keyring}`, key)
  put(machine, 'root/etc/apt/trusted.gpg.d/lab.asc', key)
  put(
    machine,
    'root/etc/os-release',
    'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nNAME="Debian GNU/Linux"\n',
  )
  put(machine, 'root/var/lib/dpkg/arch', 'amd64\n')
  const url = servers.archive.url
  const sources = stanzas
    ? `Types: deb\nURIs: ${url}/debian\nSuites: bookworm\nComponents: main\nSigned-By: ${keyring}\n\n` +
      `Types: deb\nURIs: ${url}/debian-security\nSuites: bookworm-security\nComponents: main\nSigned-By: ${keyring}\n`
    : `# the company's mirror\ndeb [arch=amd64 signed-by=${keyring}] ${url}/debian bookworm main\n`
  put(machine, stanzas ? 'root/etc/apt/sources.list.d/debian.sources' : 'root/etc/apt/sources.list', sources)
  for (const [archive, suite] of [
    ['debian', 'bookworm'],
    ['debian-security', 'bookworm-security'],
  ] as const) {
    const name = listName(`${url}/${archive}`, suite)
    put(machine, `root/var/lib/apt/lists/${name}_InRelease`, await inRelease(servers.archive.folder, archive, suite))
  }
}

/** Every list, in the order in which the traits are put on. */
export const TRAITS: readonly (readonly Trait[])[] = [
  AUTHORITIES,
  PROXIES,
  SOURCES,
  GO,
  PLACES,
  PROGRAMS,
  NPM,
  PIP,
  DOCKER,
  SHELLS,
  CACHES,
  SYSTEMS,
]
