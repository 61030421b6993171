import { PassThrough } from 'node:stream'
import { runCli } from '../../electron/cli/run.ts'

export type Said = { code: number; stdout: string; stderr: string }

/** One command line in this process: thousands of them would take hours as processes of their own. */
export async function command(argv: readonly string[], terminal = false, environment = process.env): Promise<Said> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => {
    const write = (part: string): boolean => {
      said[name] += part
      return true
    }
    return Object.assign(Object.create(process[name]), { isTTY: terminal, columns: 200, rows: 50, write, on: () => {} })
  }
  const stdin = Object.assign(new PassThrough(), { isTTY: false })
  stdin.end()
  const io = { stdin, stdout: stream('stdout'), stderr: stream('stderr'), environment }
  const code = await runCli(argv, io as unknown as Parameters<typeof runCli>[1])
  return { code, ...said }
}
