import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { eventually } from '../harness.ts'

/** One machine that can be logged in to: an sshd on a port of the loopback, with a home of its own. */
export type SshSeat = { port: number; home: string; key: string; stop(): Promise<void> }

/** `path`: where its programs are looked for first. */
export async function sshSeat(folder: string, path: string): Promise<SshSeat> {
  const [home, key, hostKey] = [join(folder, 'home'), join(folder, 'key'), join(folder, 'host')]
  mkdirSync(home, { recursive: true })
  // sshd wants it there, also in a container that never booted.
  mkdirSync('/run/sshd', { recursive: true })
  for (const file of [key, hostKey]) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const port = await freePort()
  // Whatever is asked for runs in the seat's home: the account's own is a real one.
  const login = join(folder, 'login')
  writeFileSync(
    login,
    `#!/bin/sh\ncd '${home}'\nHOME='${home}' PATH='${path}':$PATH exec sh -c "$SSH_ORIGINAL_COMMAND"\n`,
  )
  chmodSync(login, 0o755)
  const config = join(folder, 'sshd_config')
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${key}.pub`,
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'Subsystem sftp /usr/lib/openssh/sftp-server',
    `ForceCommand ${login}`,
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const server = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  await eventually('the seat listens', () => said.includes('listening') || ended(server), 20)
  if (ended(server)) throw new Error(`sshd: ${said}`)
  const stop = async (): Promise<void> => {
    server.kill()
    await eventually('the seat is off', () => ended(server))
  }
  return { port, home, key, stop }
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
