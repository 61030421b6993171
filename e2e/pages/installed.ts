import type { ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { PIPED, devtools } from '../../scripts/bench/devtools.mjs'
import { type Packaged, packaged } from '../packaged.ts'

export type OneProcess = { kind: string; argv: readonly string[]; pidNamespace: string; seccomp: number }

/** The packaged program with its window. Playwright cannot start it: what it needs is fused off. */
export class InstalledApp {
  readonly program: Packaged
  readonly #child: ChildProcess
  readonly #tools: ReturnType<typeof devtools>
  #said = ''

  static async open(args: readonly string[]): Promise<InstalledApp> {
    return new InstalledApp(await packaged(), args)
  }

  constructor(program: Packaged, args: readonly string[]) {
    this.program = program
    const all = ['--remote-debugging-pipe', '--home', program.home, '--root', program.root, ...args]
    this.#child = program.start('goready', all, { stdio: PIPED })
    this.#child.stderr?.on('data', (text: Buffer) => (this.#said += text.toString()))
    this.#tools = devtools(this.#child)
  }

  /** What the program said on standard error so far. */
  said(): string {
    return this.#said
  }

  /** The value of an expression in the page; a promise is awaited. */
  ask(expression: string): Promise<unknown> {
    return this.#tools.evaluate(expression)
  }

  /** The page's heading, once it is there. */
  async heading(): Promise<unknown> {
    const find = "document.querySelector('h1')?.textContent"
    return this.ask(
      `new Promise((done) => { const look = () => ${find} ? done(${find}) : setTimeout(look, 20); look() })`,
    )
  }

  screenshot(): Promise<Buffer> {
    return this.#tools.screenshot()
  }

  /** Every process of the program, as the kernel sees it. */
  processes(): readonly OneProcess[] {
    const binary = join(this.program.folder, 'goready-bin')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          if (readlinkSync(`/proc/${pid}/exe`) !== binary) return []
          const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
          return {
            kind: /--type=([a-z-]+)/.exec(argv.join(' '))?.[1] ?? 'browser',
            argv,
            pidNamespace: readlinkSync(`/proc/${pid}/ns/pid`),
            seccomp: Number(/^Seccomp:\s*(\d)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
          }
        } catch {
          // It has ended meanwhile.
          return []
        }
      })
  }

  /** Asks the program to end, as a session that logs off does; answers its exit status. */
  async end(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode
    const over = new Promise<number | null>((resolve) => this.#child.on('close', resolve))
    this.#child.kill('SIGTERM')
    return over
  }

  async close(): Promise<void> {
    await this.end()
    this.program.remove()
  }
}
