import { execFile, spawn } from 'node:child_process'

/** A real shell under the name that a profile gives it. */
export type RealShell = { id: string; program: string; starts: readonly (readonly string[])[]; input?: true }

const LOGIN_OR_NOT = [['-l'], ['-i'], ['-l', '-i']] as const

/** `sh` is asked as a login shell only: otherwise it reads nothing. csh takes `-l` alone, so it is asked on its input. */
export const REAL_SHELLS: readonly RealShell[] = [
  { id: 'bash', program: '/bin/bash', starts: LOGIN_OR_NOT },
  { id: 'zsh', program: '/bin/zsh', starts: LOGIN_OR_NOT },
  { id: 'fish', program: '/usr/bin/fish', starts: LOGIN_OR_NOT },
  { id: 'sh', program: '/bin/dash', starts: [['-l'], ['-l', '-i']] },
  { id: 'sh', program: '/bin/sh', starts: [['-l']] },
  { id: 'csh', program: '/bin/bsd-csh', starts: [['-l'], ['-i'], []], input: true },
  { id: 'tcsh', program: '/bin/tcsh', starts: [['-l'], ['-i'], []], input: true },
]

/** Every name that the question is about; null: not set. */
export type Answers = Readonly<Record<string, string | null>>

const MARK = 'ASKED_HERE='

/** Starts one shell with a clean environment (behind the words of `inside`) and asks it. Throws where it says nothing. */
export function ask(
  { program, input }: RealShell,
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
  names: readonly string[],
  inside: readonly string[] = [],
): Promise<Answers> {
  const question = `/usr/bin/env -i -0 ${MARK}; /usr/bin/env -0`
  const args = input === true ? [...flags] : [...flags, '-c', question]
  const [first = program, ...rest] = [...inside, program, ...args]
  const child = spawn(first, rest, {
    env: { ...env },
    cwd: env['HOME'],
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input === true ? `${question}\n` : '')
  const pieces: Buffer[] = []
  let errors = ''
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  child.stderr.on('data', (piece: Buffer) => (errors += piece.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      const said = Buffer.concat(pieces).toString()
      const at = said.lastIndexOf(`${MARK}\0`)
      if (at < 0) return reject(new Error(`${program} ${flags.join(' ')}: no answer: ${errors}`))
      const entries = said.slice(at).split('\0').slice(1, -1)
      const value = (name: string): string | null =>
        entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
      return resolve(Object.fromEntries(names.map((name) => [name, value(name)])))
    })
  })
}

const READER = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator'

/** What systemd would give to graphical programs: asked from its own reader of environment.d. */
export function askSystemd(
  env: Readonly<Record<string, string>>,
  names: readonly string[],
  inside: readonly string[] = [],
): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const given = { HOME: env['HOME'] ?? '', PATH: env['PATH'] ?? '' }
    const [first, ...rest] = [...inside, READER]
    execFile(first, rest, { env: given }, (error, stdout) => {
      if (error) return reject(error)
      const lines = stdout.split('\n')
      const value = (name: string): string | null => {
        const found = lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)
        // Special characters stand behind a backslash in double quotes.
        return found?.replace(/^"(.*)"$/, (_, inner: string) => inner.replace(/\\(.)/g, '$1')) ?? null
      }
      return resolve(Object.fromEntries(names.map((name) => [name, value(name)])))
    })
  })
}
