import { execFile } from 'node:child_process'
import { appendFile, chmod, chown, copyFile, cp, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '../lab/cache.ts'
import type { Lab } from '../lab/lab.ts'
import { LabError, must } from '../lab/process.ts'

/** Who sits at a seat: an ordinary account that reaches the engine and may use sudo. */
export const STUDENT = { name: 'student', id: 2001, home: '/home/student' }

/** Where a seat has the room's authority from. */
export const ANCHOR = '/usr/local/share/ca-certificates/room.crt'

/** Folders of the host that a seat must not see: each seat begins with empty ones. */
const HIDDEN: readonly (readonly [string, number])[] = [
  ['root', 0o700],
  ['home', 0o755],
  ['tmp', 0o1777],
  ['run', 0o755],
  ['var/tmp', 0o1777],
  ['var/log', 0o755],
  ['etc/docker', 0o755],
  ['etc/goready', 0o755],
  ['etc/ssh', 0o755],
]

/** Logins by key alone. A seat's name server is nobody, and a lesson begins with forty logins at once. */
const SSHD = `HostKey /etc/ssh/host_key
PidFile /run/sshd.pid
AuthorizedKeysFile /etc/ssh/authorized_keys
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
PrintMotd no
PrintLastLog no
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
`

/** Where a seat has the program; `goready` on PATH runs it. */
const PROGRAM = '/opt/goready'
const WRAPPER = `#!/bin/sh
exec ${PROGRAM}/node ${PROGRAM}/out/node/cli.js --catalogue /etc/goready/catalogue.json "$@"
`

/** Host paths that are shown to each seat as they are, too large to be copied or the engine's. `go`: a new Go. */
export const shown = (lab: Lab, go: string): readonly string[] => [
  ...[process.execPath, `${PROGRAM}/node`],
  ...[join(projectRoot(), 'node_modules'), `${PROGRAM}/node_modules`],
  ...[dirname(dirname(go)), '/usr/local/go'],
  ...[join(lab.root, 'run/docker.sock'), '/run/docker.sock'],
  ...[join(lab.root, 'etc/docker'), '/etc/docker'],
  // The engine names it, and its space is looked at.
  ...[join(lab.dir, 'data'), join(lab.dir, 'data')],
]

/** What a machine of the room lacks: nobody there could answer these. An empty device in overlay's layer hides a file. */
const ABSENT = [
  ...['npm', 'npx', 'pip', 'pip3', 'pip3.11', 'pip3.13'].map((name) => `usr/bin/${name}`),
  ...['etc/apt/sources.list', 'etc/apt/sources.list.d'],
]

/** Does its body while nothing is built: a build empties the folder of the program. */
export type Locked = (body: () => Promise<void>) => Promise<void>

/** What all seats have in common above the host's own files: accounts, sshd, the program, the room's authority. */
export async function makeLayer(layer: string, lab: Lab, publicKey: string, locked?: Locked): Promise<void> {
  await chmodMade(layer, 0o755)
  for (const [name, mode] of HIDDEN) {
    await chmodMade(join(layer, name), mode)
    await must(['setfattr', '-n', 'trusted.overlay.opaque', '-v', 'y', join(layer, name)])
  }
  for (const path of ABSENT) {
    await mkdir(dirname(join(layer, path)), { recursive: true })
    await must(['mknod', join(layer, path), 'c', '0', '0'])
  }
  await Promise.all([accounts(layer, lab), program(layer, locked), authority(layer, lab.ca), catalogue(layer, lab)])
  const put = async (path: string, text: string, mode: number): Promise<void> => {
    await mkdir(dirname(join(layer, path)), { recursive: true })
    await writeFile(join(layer, path), text)
    await chmod(join(layer, path), mode)
  }
  await mkdir(join(layer, lab.dir, 'data'), { recursive: true })
  await mkdir(join(layer, 'usr/local/bin'), { recursive: true })
  await symlink('../go/bin/go', join(layer, 'usr/local/bin/go'))
  await Promise.all([
    put('etc/ssh/sshd_config', SSHD, 0o600),
    put('etc/ssh/authorized_keys', publicKey, 0o644),
    put('run/docker.sock', '', 0o660),
    chmodMade(join(layer, 'usr/local/go'), 0o755),
    put('etc/sudoers.d/student', `${STUDENT.name} ALL=(ALL) NOPASSWD: ALL\n`, 0o440),
    put('etc/resolv.conf', '', 0o644),
    put('usr/local/bin/goready', WRAPPER, 0o755),
    chmodMade(join(layer, 'run/sshd'), 0o755),
    chmodMade(join(layer, 'run/lock'), 0o1777),
  ])
}

async function chmodMade(path: string, mode: number): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, mode)
}

async function accounts(layer: string, lab: Lab): Promise<void> {
  const { name, id, home } = STUDENT
  const { gid } = await stat(join(lab.root, 'run/docker.sock'))
  const etc = join(layer, 'etc')
  await mkdir(etc, { recursive: true })
  for (const file of ['passwd', 'group', 'shadow']) await copyFile(join('/etc', file), join(etc, file))
  await chmod(join(etc, 'shadow'), 0o640)
  await appendFile(join(etc, 'passwd'), `${name}:x:${id}:${id}::${home}:/bin/bash\n`)
  await appendFile(join(etc, 'shadow'), `${name}:*:20000:0:99999:7:::\n`)
  const members = (line: string): string =>
    line.split(':')[2] === String(gid) ? `${line}${line.endsWith(':') ? '' : ','}${name}` : line
  const groups = (await readFile(join(etc, 'group'), 'utf8')).trimEnd().split('\n')
  if (gid === 0 || !groups.some((line) => line.split(':')[2] === String(gid)))
    throw new LabError('seats', 'the engine has no group of its own: install docker.io')
  await writeFile(join(etc, 'group'), `${groups.map(members).join('\n')}\n${name}:x:${id}:\n`)
  await cp('/etc/skel', join(layer, home), { recursive: true })
  await must(['chown', '-R', `${id}:${id}`, join(layer, home)])
}

/** A copy of the program as it was built. */
async function program(layer: string, locked: Locked = (body) => body()): Promise<void> {
  const [root, own] = [projectRoot(), join(layer, PROGRAM)]
  await mkdir(join(own, 'out'), { recursive: true })
  await mkdir(join(own, 'node_modules'))
  await writeFile(join(own, 'node'), '')
  await locked(() => cp(join(root, 'out/node'), join(own, 'out/node'), { recursive: true }))
  await cp(join(root, 'assets'), join(own, 'assets'), { recursive: true })
  await copyFile(join(root, 'package.json'), join(own, 'package.json'))
}

/** The room's authority among the system's, as an image of the room's machines would have it. */
async function authority(layer: string, ca: string): Promise<void> {
  const bundle = 'etc/ssl/certs/ca-certificates.crt'
  for (const path of [bundle, ANCHOR]) await mkdir(dirname(join(layer, path)), { recursive: true })
  const room = await readFile(ca, 'utf8')
  await writeFile(join(layer, bundle), `${await readFile(join('/', bundle), 'utf8')}${room}`)
  await writeFile(join(layer, ANCHOR), room)
}

/** The lab's tags, and nobody to be asked besides: there is no way out of the lab. */
async function catalogue(layer: string, lab: Lab): Promise<void> {
  const tags: unknown = JSON.parse(await readFile(lab.catalogue, 'utf8'))
  await mkdir(join(layer, 'etc/goready'), { recursive: true })
  const text = JSON.stringify({ ...Object(tags), witnesses: { resolvers: [] } })
  await writeFile(join(layer, 'etc/goready/catalogue.json'), text)
}

/** An ed25519 pair without a passphrase, at `path` and `path.pub`. */
export async function makeKey(path: string, comment: string): Promise<string> {
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path])
  await chown(path, 0, 0)
  return readFile(`${path}.pub`, 'utf8')
}
