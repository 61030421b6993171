import { createInterface } from 'node:readline/promises'
import type { Answer, Question, ThreeWay } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import type { Context } from './command.ts'
import type { Io } from './io.ts'
import type { Output } from './output.ts'

/** Whether somebody sits there who can be asked. */
export const canAsk = (io: Io, json: boolean): boolean => !json && io.stdin.isTTY === true && io.stdout.isTTY === true

/** Asks one line on the terminal. Throws the signal's reason, and `cancelled` when the input ends. */
export async function askLine(io: Pick<Io, 'stdin' | 'stdout'>, prompt: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: io.stdin, output: io.stdout })
  try {
    // Readline leaves its promise open when the input ends.
    const ended = new Promise<never>((_, reject) => lines.once('close', () => reject(new CodedError('cancelled'))))
    return (await Promise.race([lines.question(prompt, { signal }), ended])).trim()
  } catch (error) {
    // Why it was stopped (a time limit, Ctrl-C) is the signal's to say.
    throw signal.aborted ? signal.reason : error
  } finally {
    lines.close()
  }
}

const KEYS: Readonly<Record<string, Answer>> = { k: 'keep', r: 'restore', o: 'ours', y: 'yes', n: 'no' }

/** Puts a task's question to the person until one of its choices is given. */
export async function askQuestion({ io, output, signal }: Context, question: Question): Promise<Answer> {
  if (!canAsk(io, output.json)) throw new CodedError('no-terminal', { option: '--on-conflict' })
  if (question.three) printThree(output, question.three)
  else if (question.diff) output.line(question.diff)
  for (;;) {
    const answer =
      KEYS[(await askLine(io, output.shown(output.text.note(question.note)), signal)).slice(0, 1).toLowerCase()]
    if (answer && question.choices.includes(answer)) return answer
  }
}

/** What was written, what was edited since, and what each answer would leave. */
function printThree(output: Output, { written, edited, leaves }: ThreeWay): void {
  const say = (key: string) => output.text.say(`history:cli.three.${key}`)
  const diff = (text: string) => output.line(text === '' ? `  ${say('hidden')}` : text)
  output.line(output.paint('bold', say('written')))
  diff(written)
  output.line(output.paint('bold', say('edited')))
  diff(edited)
  for (const { choice, diff: left, result } of leaves) {
    output.line(output.paint('bold', say(choice)))
    if (result === 'other' || (result === 'absent' && left !== '')) diff(left)
    else if (choice !== 'keep') output.line(`  ${say(result)}`)
  }
}
