import type { Elevator, HelperEnd, Refusal, Way } from '../../core/elevation.ts'
import type { Places } from '../../core/places.ts'
import { rootWay, sudoRefusal } from '../linux/elevate.ts'

const PATH = '/usr/bin:/bin:/usr/sbin:/sbin'
const SUDO = '/usr/bin/sudo'

/**
 * AppleScript that runs its arguments as one command with the system's prompt. It is the same text every time: each
 * word of the command comes as an argument and is quoted by AppleScript itself.
 */
export const PROMPT_SCRIPT = `on run theWords
  set theCommand to ""
  repeat with theWord in theWords
    set theCommand to theCommand & quoted form of (contents of theWord) & " "
  end repeat
  do shell script theCommand with administrator privileges
end run`

/**
 * Rights on macOS. Root needs no way. The system's own prompt where a session has a screen (not over ssh), through
 * which no standard input passes, so the helper comes to a socket; sudo at a terminal, which asks there.
 */
export function darwinElevator({ environment }: Pick<Places, 'environment'>): Elevator {
  const env = { PATH, LC_ALL: 'C', TERM: environment['TERM'] ?? 'dumb' }
  const prompt: Way = {
    name: 'osascript',
    channel: 'socket',
    env,
    argv: (helper, { address, secret }) => ['/usr/bin/osascript', '-e', PROMPT_SCRIPT, ...helper, address, secret],
    refusal: promptRefusal,
  }
  const sudo: Way = {
    name: 'sudo',
    channel: 'stdio',
    env,
    argv: (helper) => [SUDO, '--', ...helper],
    refusal: sudoRefusal,
  }
  const remote = (environment['SSH_CONNECTION'] ?? '') !== ''
  return {
    ways(sys, terminal) {
      if (sys.identity.uid === 0) return Promise.resolve([rootWay(env)])
      return Promise.resolve([...(remote ? [] : [prompt]), ...(terminal ? [sudo] : [])])
    },
  }
}

/**
 * osascript ends with 1 and the error's number in brackets, in whatever language the sentence is: -128, the person
 * closed the prompt; -60005 and -60007, a wrong name or password (Security's AuthSession errors); another negative
 * one, nobody could be asked; a positive one is the helper's own status.
 */
function promptRefusal({ code, stderr }: HelperEnd): Refusal | null {
  if (code === null) return 'unavailable'
  const number = Number(/\((-?\d+)\)\s*$/.exec(stderr)?.[1] ?? '1')
  if (number === -128) return 'cancelled'
  if (number === -60005 || number === -60007) return 'refused'
  return number < 0 ? 'unavailable' : null
}
