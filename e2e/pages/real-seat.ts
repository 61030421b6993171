import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A seat that is this machine: an sshd of the test's own on loopback, and homes of its own for what is set up there. */
export type RealSeat = {
  port: number
  /** The private key that may log in. */
  key: string
  home: string
  /** What a room calls GoReady on it. */
  executable: readonly string[]
  stop(): Promise<void>
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Needs root: sshd lets itself be started by nobody else. */
export async function startRealSeat(): Promise<RealSeat> {
  const dir = mkdtempSync(join(tmpdir(), 'goready-seat-'))
  const of = (name: string): string => join(dir, name)
  const [home, root] = [of('home'), of('root')]
  for (const path of [home, root, '/run/sshd']) if (!existsSync(path)) mkdirSync(path, { mode: 0o755 })
  for (const name of ['host', 'key']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', of(name)])
  const port = await freePort()
  writeFileSync(of('authorized'), readFileSync(of('key.pub')))
  writeFileSync(
    of('config'),
    `ListenAddress 127.0.0.1
Port ${port}
HostKey ${of('host')}
AuthorizedKeysFile ${of('authorized')}
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
PidFile none
UsePAM no
Subsystem sftp internal-sftp
`,
  )
  const sshd = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', of('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    sshd.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('Server listening')) resolve()
    })
    sshd.once('exit', () => reject(new Error(`sshd: ${said}`)))
  })
  return {
    port,
    key: of('key'),
    home,
    executable: [process.execPath, join(project, 'out/node/cli.js'), '--home', home, '--root', root],
    async stop() {
      const ended = once(sshd, 'exit')
      sshd.kill()
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
