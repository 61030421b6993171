import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type Lab, startLab } from './lab/lab.ts'
import { LabError } from './lab/process.ts'

// The main job on real parts without the internet: `npm run demo [-- --undo] [-- --lang en]`.
const USAGE = 'usage: npm run demo -- [--undo] [--lang zh-CN|en]'
const IMAGE = 'golang:1.26-alpine'

const cli = join(dirname(fileURLToPath(import.meta.url)), 'cli.js')
const say = (line: string): void => void process.stderr.write(`${line}\n`)

type Options = { undo: boolean; lang: readonly string[] }

function readOptions(argv: readonly string[]): Options | null {
  const rest = argv.filter((argument) => argument !== '--undo')
  const lang = rest.length === 0 || (rest[0] === '--lang' && rest.length === 2)
  return lang ? { undo: rest.length < argv.length, lang: rest } : null
}

/** What a newcomer would have chosen in the wizard, with the lab's servers as the download sources. */
const profile = (lab: Lab) => ({
  version: 1,
  image: IMAGE,
  sources: { go: `${lab.goproxy.url}|direct`, sumdb: lab.goproxy.sumdb, docker: [lab.registry.url] },
  env: { path: ['~/go/bin'] },
})

/** The real command line on the lab's folders; a `capture` collects what it says instead of showing it. */
async function goready(lab: Lab, args: readonly string[], signal: AbortSignal, capture = false): Promise<string> {
  const places = ['--home', lab.home, '--root', lab.root, '--catalogue', lab.catalogue]
  const own = Object.entries(process.env).filter(([name]) => !/^(DOCKER_|GO|XDG_)/.test(name))
  const child = spawn(process.execPath, [cli, ...args, ...places], {
    stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
    env: Object.fromEntries(own),
    cwd: lab.home,
  })
  const parts: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => parts.push(part))
  // Ctrl-C reaches it through the terminal; a SIGTERM only us. It gives back what it changed, then ends.
  const stop = (): void => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  signal.removeEventListener('abort', stop)
  if (code !== 0) throw new LabError(`goready ${args[0] ?? ''}`, `ended with ${code}`)
  return Buffer.concat(parts).toString('utf8')
}

async function demonstrate(lab: Lab, { undo, lang }: Options, signal: AbortSignal): Promise<string> {
  const file = join(lab.dir, 'profile.yaml')
  await writeFile(file, stringify(profile(lab)))
  await goready(lab, ['apply', '--profile', file, '--yes', ...lang], signal)
  const events = await goready(lab, ['image', 'verify', IMAGE, '--json', ...lang], signal, true)
  if (undo) await goready(lab, ['undo', ...lang], signal)
  return goVersion(events)
}

/** The container's own answer, out of the last of the JSON lines. */
function goVersion(lines: string): string {
  const last: unknown = JSON.parse(lines.trim().split('\n').at(-1) ?? '')
  const found = /go version go[^"]+/.exec(JSON.stringify(last))
  return z.string().parse(found?.[0])
}

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv)
  if (options === null) {
    say(USAGE)
    return 2
  }
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort())
  say('Starting the lab: an engine, a registry and a module proxy of its own …')
  const lab = await startLab({ progress: say, signal: interruption.signal })
  let answer: string
  try {
    answer = await demonstrate(lab, options, interruption.signal)
  } finally {
    await lab.stop()
  }
  const rest = await lab.leftovers()
  for (const line of rest) say(`left behind: ${line}`)
  if (rest.length === 0) say('The lab is stopped; nothing of it is left.')
  process.stdout.write(`${answer}\n`)
  return rest.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  say(error instanceof LabError ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
