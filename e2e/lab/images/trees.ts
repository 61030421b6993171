import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { must } from '../process.ts'
import { npmArchive, unpackDebian } from './download.ts'
import { CERTIFICATES, DEBIAN_BASE, DEBIAN_GCC, DEBIAN_GIT, type LayerId, NEW_GO, OLD_GO } from './recipe.ts'

// What neither a build nor a test of somebody's own program reads.
const TRIMMED = ['*/testdata', '*_test.go', '*.syso', '*/src/cmd', '*/lib/hg', '*/pkg/linux_amd64/cmd']
// As in every Debian since 12; a package may still bring a real folder, which would hide the link of a lower layer.
const TO_USR = ['bin', 'sbin', 'lib', 'lib64']
const DEBIAN_TRIMMED = [
  ...['doc', 'man', 'locale', 'info', 'lintian', 'common-licenses', 'bash-completion', 'doc-base'].map(
    (name) => `usr/share/${name}`,
  ),
  ...['usr/bin/x86_64-linux-gnu-lto-dump-12', 'usr/lib/gcc/x86_64-linux-gnu/12/lto1', 'etc/init.d', 'etc/cron.d'],
]
const OLD_TOOLS = new Set(['asm', 'buildid', 'cgo', 'compile', 'cover', 'link', 'pack', 'test2json', 'vet'])

/** Fills `folder` (empty, mode 0755) with the files of one layer. `work` is for what lies about meanwhile. */
export async function fillLayer(id: LayerId, folder: string, work: string): Promise<void> {
  await FILL[id](folder, work)
}

const FILL: Readonly<Record<LayerId, (folder: string, work: string) => Promise<void>>> = {
  busybox: fillBusybox,
  debian: async (folder, work) => {
    await fillDebian(DEBIAN_BASE, folder, work)
    for (const name of TO_USR) {
      await makeFolder(folder, `usr/${name}`)
      await symlink(`usr/${name}`, join(folder, name))
    }
    for (const name of ['passwd', 'group']) {
      await copyFile(join(folder, `usr/share/base-passwd/${name}.master`), join(folder, 'etc', name))
    }
    await writeFile(join(folder, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
    await symlink('mawk', join(folder, 'usr/bin/awk'))
  },
  git: (folder, work) => fillDebian(DEBIAN_GIT, folder, work),
  gcc: (folder, work) => fillDebian(DEBIAN_GCC, folder, work),
  certificates: async (folder, work) => {
    await unpackDebian([CERTIFICATES], work)
    const roots = join(work, 'usr/share/ca-certificates/mozilla')
    const files = (await readdir(roots)).toSorted()
    const texts = await Promise.all(files.map((file) => readFile(join(roots, file), 'utf8')))
    await makeFolder(folder, 'etc/ssl/certs')
    await writeFile(join(folder, 'etc/ssl/certs/ca-certificates.crt'), texts.join(''))
  },
  'go-new': async (folder, work) => {
    await unpackNewGo(work)
    await pickGo(work, folder, ['bin', 'pkg', 'VERSION', 'go.env', 'LICENSE'])
  },
  'src-new': async (folder, work) => {
    await unpackNewGo(work)
    await pickGo(work, folder, ['src', 'lib'])
  },
  'go-old': async (folder, work) => {
    const go = await unpackOldGo(work)
    const tools = join(go, 'pkg/tool/linux_amd64')
    for (const tool of await readdir(tools)) if (!OLD_TOOLS.has(tool)) await rm(join(tools, tool))
    await pickGo(go, folder, ['bin', 'pkg', 'VERSION'])
  },
  'src-old': async (folder, work) => pickGo(await unpackOldGo(work), folder, ['src']),
  gopath: async (folder) => {
    for (const name of ['go', 'go/src', 'go/bin']) await makeFolder(folder, name, 0o1777)
  },
}

async function fillBusybox(folder: string): Promise<void> {
  for (const name of ['bin', 'dev', 'etc', 'home', 'proc', 'run', 'sbin', 'sys', 'usr/bin', 'usr/sbin', 'var/cache']) {
    await makeFolder(folder, name)
  }
  for (const name of ['tmp', 'var/tmp']) await makeFolder(folder, name, 0o1777)
  await makeFolder(folder, 'root', 0o700)
  const which = (await must(['sh', '-c', 'command -v busybox'])).trim()
  await copyFile(which, join(folder, 'bin/busybox'))
  await chmod(join(folder, 'bin/busybox'), 0o755)
  for (const path of (await must(['busybox', '--list-full'])).split('\n')) {
    if (path === '' || path === 'bin/busybox') continue
    await makeFolder(folder, dirname(path))
    await symlink('/bin/busybox', join(folder, path))
  }
  const files: Readonly<Record<string, string>> = {
    'etc/os-release':
      'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.24.0\nPRETTY_NAME="Alpine Linux v3.24 (imitation for tests)"\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
    'etc/group': 'root:x:0:root\nnobody:x:65534:\n',
    'etc/nsswitch.conf': 'hosts: files dns\n',
  }
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text)
}

async function unpackNewGo(into: string): Promise<void> {
  const archive = await npmArchive(NEW_GO.package, NEW_GO.integrity)
  const trims = TRIMMED.map((pattern) => `--exclude=${pattern}`)
  await must(['tar', '-xzf', archive, '-C', into, '--strip-components=1', '--no-same-owner', ...trims])
  const found = (await readFile(join(into, 'VERSION'), 'utf8')).split('\n')[0]
  if (found !== `go${NEW_GO.version}`) throw new Error(`${NEW_GO.package} holds ${found}, not go${NEW_GO.version}`)
}

/** Debian spreads GOROOT over /usr/lib and /usr/share with links; answers one real tree. */
async function unpackOldGo(work: string): Promise<string> {
  const unpacked = join(work, 'deb')
  const tree = join(work, 'go')
  await unpackDebian(OLD_GO.packages, unpacked)
  await makeFolder(work, 'go')
  const trims = TRIMMED.map((pattern) => `--exclude=${pattern}`)
  const tar = join(work, 'go.tar')
  for (const half of ['usr/share/go-1.19', 'usr/lib/go-1.19']) {
    await must(['tar', '-C', join(unpacked, half), '--exclude=./test', '--exclude=./api', ...trims, '-cf', tar, '.'])
    // Links into the other half must not replace its folders.
    await must(['tar', '-C', tree, '--keep-directory-symlink', '--skip-old-files', '-xf', tar])
  }
  await rm(tar)
  const found = await readFile(join(tree, 'VERSION'), 'utf8')
  if (found.trim() !== `go${OLD_GO.version}`) throw new Error(`Debian holds ${found}, not go${OLD_GO.version}`)
  return tree
}

async function pickGo(from: string, folder: string, names: readonly string[]): Promise<void> {
  await makeFolder(folder, 'usr/local/go')
  for (const name of names) await must(['cp', '-a', join(from, name), join(folder, 'usr/local/go')])
}

/** Debian packages without documents, and with what still lies in /bin and /lib moved below /usr. */
async function fillDebian(packages: readonly string[], folder: string, work: string): Promise<void> {
  await unpackDebian(packages, work)
  for (const path of DEBIAN_TRIMMED) await rm(join(work, path), { recursive: true, force: true })
  for (const name of TO_USR) {
    if (!existsSync(join(work, name))) continue
    await makeFolder(work, `usr/${name}`)
    await must(['cp', '-a', `${join(work, name)}/.`, join(work, 'usr', name)])
    await rm(join(work, name), { recursive: true })
  }
  await must(['cp', '-a', `${work}/.`, folder])
}

/** Makes a folder and its parents below `base`, whatever the umask is. */
async function makeFolder(base: string, path: string, mode = 0o755): Promise<void> {
  const parts = path.split('/')
  for (let length = 1; length <= parts.length; length++) {
    const folder = join(base, ...parts.slice(0, length))
    const made = await mkdir(folder, { recursive: true })
    if (made !== undefined) await chmod(folder, length === parts.length ? mode : 0o755)
  }
}
