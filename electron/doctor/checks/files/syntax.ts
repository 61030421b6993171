import type { Reader } from '../../../core/system.ts'
import { PLAIN_PATH } from '../../../settings/find-program.ts'

/** Whether a POSIX shell gives up on a file. `-n` reads it and runs nothing. */
export async function hasSyntaxError(sys: Reader, path: string, signal: AbortSignal): Promise<boolean> {
  const options = { env: { PATH: PLAIN_PATH, LC_ALL: 'C' }, cwd: '/', timeout: 2000, signal }
  const answer = await sys.query(['/bin/sh', '-n', path], options).catch(() => null)
  return answer !== null && answer.code !== 0 && answer.code !== null
}
