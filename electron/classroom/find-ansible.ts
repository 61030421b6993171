import type { Note } from '../contract/note.ts'
import { CodedError, errno } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'

/** Milliseconds; Python reads much before it answers, on a machine with other work as well. */
const PATIENCE = 20_000
export const ANSIBLE = 'ansible-playbook'

/** ansible-playbook's version. null: there is none, or it does not start. */
export async function ansibleVersion(sys: Reader, places: Places, signal: AbortSignal): Promise<string | null> {
  try {
    const env = ansibleEnvironment(places)
    const { code, stdout } = await sys.query([ANSIBLE, '--version'], { env, signal, timeout: PATIENCE, cwd: '/' })
    if (code !== 0) return null
    return (
      /\[(?:core )?(\d+\.[0-9a-z.]{1,20})\]/.exec(stdout)?.[1] ?? /(\d+\.\d+[0-9a-z.]{0,20})/.exec(stdout)?.[1] ?? null
    )
  } catch (error) {
    if (signal.aborted) throw new CodedError('cancelled', {}, error)
    if (errno(error) === null) throw error
    return null
  }
}

/** The person's own environment; Ansible does not start without UTF-8. */
export function ansibleEnvironment(places: Places): Record<string, string> {
  const utf8 = /utf-?8/i.test(places.environment.LC_ALL ?? places.environment.LC_CTYPE ?? places.environment.LANG ?? '')
  return { ...places.environment, ...(utf8 ? {} : { LC_ALL: 'C.UTF-8' }), PYTHONUNBUFFERED: '1', ANSIBLE_NOCOLOR: '1' }
}

/** How it is got where it is missing. It has no control node on Windows. */
export function installNote(platform: Places['platform']): Note {
  return { key: `room:install.${platform}` }
}
