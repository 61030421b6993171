// Usage: node scripts/packages.mjs window|test|package — installs (root on Debian) or names the missing system packages.
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { Stop, capture, isCommand, main, progress, say } from './lib.mjs'

const WINDOW = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libnotify4',
  'libxss1',
  'libxtst6',
  'libatspi2.0-0',
  'libsecret-1-0',
  'fonts-noto-cjk',
]
const TEST = [
  ...['xvfb', 'xauth'],
  ...['docker.io', 'docker-registry', 'busybox-static', 'iproute2', 'iptables', 'openssl', 'ca-certificates', 'curl'],
  ...['apt-utils', 'gnupg', 'gpgv', 'faketime'],
  ...['golang-go', 'golang-golang-x-mod-dev', 'git'],
  ...['python3', 'python3-pip'],
  ...['zsh', 'fish', 'tcsh', 'csh', 'systemd', 'sudo', 'strace', 'attr', 'acl', 'procps', 'util-linux', 'e2fsprogs'],
  'dnsmasq-base',
  ...['pkexec', 'polkitd', 'dbus-daemon'],
  'wine64',
  ...['desktop-file-utils', 'xdg-utils'],
  ...['openssh-server', 'openssh-client', 'ansible-core', 'ansible-lint', 'yamllint'],
]
/** The packages of each need. The window's are enough for `npm start`; archives need 7za. */
export const PACKAGES = { window: WINDOW, test: [...WINDOW, ...TEST], package: ['p7zip-full'] }

// What these packages would start or enable; the lab starts its own instead.
const SERVICES = {
  'docker.service': 'docker.io',
  'docker.socket': 'docker.io',
  'containerd.service': 'docker.io',
  'docker-registry.service': 'docker-registry',
  'ssh.service': 'openssh-server',
}
const GUARD = '/usr/sbin/policy-rc.d'

/** Of `names`, those that neither stand in dpkg's `list` nor are provided by what does (Debian 13: libgtk-3-0t64). */
export function missingFrom(list, names) {
  const have = new Set()
  for (const line of list.split('\n')) {
    const [status, name, provides = ''] = line.split('\t')
    if (status !== 'installed' || name === undefined) continue
    have.add(name)
    for (const provided of provides.split(',')) have.add(provided.trim().split(/[ :]/)[0])
  }
  return names.filter((name) => !have.has(name))
}

async function missing(names) {
  const { code, output } = await capture([
    'dpkg-query',
    '-W',
    '-f',
    '${db:Status-Status}\\t${Package}\\t${Provides}\\n',
  ])
  return code === 0 ? missingFrom(output, names) : null
}

/** Makes sure that the system packages of `need` are there. One dpkg-query when nothing is to be done. */
export async function installPackages(need) {
  if (process.platform !== 'linux') return
  const names = await missing(PACKAGES[need])
  // Not a Debian: Electron's own message names a library that is missing.
  if (names === null || names.length === 0) return
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...names]
  if (process.getuid?.() !== 0)
    throw new Stop(
      `缺少系统软件包。请运行 / System packages are missing. Install them with:\n  sudo apt-get update && sudo ${command.join(' ')}`,
    )
  say(`Missing system packages: ${names.join(' ')}`)
  const fresh = Object.entries(SERVICES).flatMap(([unit, name]) => (names.includes(name) ? [unit] : []))
  await guarded(GUARD, () => install(command, names.length))
  const left = await missing(names)
  if (left === null || left.length > 0)
    throw new Stop(`Still missing: ${left?.join(' ')}. Try:\n  ${command.join(' ')}`)
  // Without a unit or without systemctl there is nothing to disable.
  if (fresh.length > 0) await capture(['systemctl', 'disable', ...fresh])
}

async function install(command, count) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const attempt = () => capture([...command, '-o', 'DPkg::Lock::Timeout=300'], options)
  let result = await progress(`Installing ${count} system packages`, attempt)
  if (result.code !== 0) {
    // No package lists yet, or old ones that name versions which are gone.
    const update = await progress('Fetching the package lists', () => capture(['apt-get', 'update'], options))
    if (update.code !== 0)
      throw new Stop(`${update.output.trim()}\nFetching the package lists failed (apt-get update).`)
    result = await progress(`Installing ${count} system packages`, attempt)
  }
  if (result.code !== 0) throw new Stop(`${result.output.trim()}\nInstalling failed. Try:\n  ${command.join(' ')}`)
}

/** Keeps packages from starting services while `body` installs them. An administrator's own guard stays. */
export async function guarded(path, body) {
  if (existsSync(path)) return body()
  await writeFile(path, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
  try {
    return await body()
  } finally {
    await rm(path, { force: true })
  }
}

if (isCommand(import.meta.url))
  await main(([need = '']) => {
    if (!(need in PACKAGES)) throw new Stop('Usage: node scripts/packages.mjs window|test|package')
    return installPackages(need)
  })
