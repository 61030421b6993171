import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { LabError } from './process.ts'

/** What the lab starts or reads, and the Debian package that brings it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  docker: 'docker.io',
  containerd: 'containerd',
  'docker-registry': 'docker-registry',
  go: 'golang-go',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  openssl: 'openssl',
  busybox: 'busybox-static',
  tar: 'tar',
  'dpkg-deb': 'dpkg',
  'apt-get': 'apt',
  npm: 'npm',
}
const FILES: Readonly<Record<string, string>> = {
  '/usr/share/gocode/src/golang.org/x/mod/sumdb/server.go': 'golang-golang-x-mod-dev',
}

// A login as an ordinary user has no sbin in PATH, and `sudo` may keep that PATH.
function searchPath(): readonly string[] {
  const named = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...new Set([...named, '/usr/sbin', '/sbin'])]
}

async function exists(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode)
    return true
  } catch {
    return false
  }
}

async function onPath(program: string): Promise<boolean> {
  for (const folder of searchPath()) if (await exists(join(folder, program), constants.X_OK)) return true
  return false
}

/** Throws a LabError that names every missing part and the command that installs it; adds sbin to this process's PATH. */
export async function checkRequirements(): Promise<void> {
  if (process.platform !== 'linux') throw new LabError('system', 'the lab runs on Linux only')
  const missing = new Map<string, string>()
  for (const [program, pack] of Object.entries(PROGRAMS)) if (!(await onPath(program))) missing.set(program, pack)
  for (const [file, pack] of Object.entries(FILES)) if (!(await exists(file, constants.R_OK))) missing.set(file, pack)
  if (missing.size > 0) {
    const packages = [...new Set(missing.values())].join(' ')
    throw new LabError('missing', `${[...missing.keys()].join(', ')}. Install with: apt-get install ${packages}`)
  }
  if (process.getuid?.() !== 0) {
    throw new LabError('permission', 'a Docker engine and a network bridge of its own need root; run it as root')
  }
  process.env.PATH = searchPath().join(delimiter)
}
