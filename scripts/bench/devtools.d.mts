import type { ChildProcess, StdioOptions } from 'node:child_process'
export declare const PIPED: StdioOptions
export declare function devtools(child: ChildProcess): {
  evaluate(expression: string, timeout?: number): Promise<unknown>
  screenshot(): Promise<Buffer>
}
