import type { Value } from '../../contract/plan.ts'
import { causeText, CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Handler } from '../../core/setting.ts'
import type { System } from '../../core/system.ts'
import { type Agent, agentArguments, agentFormat, SYSTEM_AGENT, USER_AGENT } from './launch-agent.ts'

/** What launchd gives every program of a session; also what ours get, so that no PATH of a user counts. */
const SESSION_PATH = '/usr/bin:/bin:/usr/sbin:/sbin'
const TIMEOUT = 10_000

type Say = (...words: readonly string[]) => Promise<string>

/**
 * Makes the session that we run in follow a job of ours which was written, changed or removed: what it no longer
 * sets goes back to what stood there before, the job is loaded anew, and what it sets is read back. Where there is
 * no such session (ssh, root, another home), the job counts from the next login. launchctl(1).
 * `path`: where launchctl is looked for.
 */
export function launchAgentHandler(places: Places, path: string = SESSION_PATH): Handler {
  return {
    id: 'launch-agent',
    interim: () => Promise.resolve(null),
    async notice(sys, file, bytes, signal) {
      if (places.otherHome || places.otherRoot) return
      const env = { PATH: path, HOME: places.home, LC_ALL: 'C.UTF-8' }
      const say: Say = async (...words) => {
        const { code, stdout, stderr } = await sys.run(['launchctl', ...words], { env, timeout: TIMEOUT, signal })
        if (code !== 0) throw new Error(`launchctl ${words[0] ?? ''}: ${stderr.trim() || String(code)}`)
        return stdout.replace(/\n$/, '')
      }
      const agent = agentOf(file)
      try {
        if (!(await inSession(sys, say))) return
        await unload(sys, agent, say)
        const names = wanted(agent, bytes, places.home)
        await forget(agent, names, say)
        if (bytes === null) return
        // The same script as the job's own, so that what it sets is there when we look; doing it twice is nothing.
        const [program, ...args] = agentArguments(agent, bytes)
        await sys.run([program, ...args], { env, timeout: TIMEOUT, signal })
        await say('bootstrap', domain(sys), file)
        await readBack(names, say)
      } catch (error) {
        signal.throwIfAborted()
        throw new CodedError('launch-agent-failed', { path: file }, causeText(error))
      }
    },
  }
}

const agentOf = (file: string): Agent => (file.endsWith(`/${SYSTEM_AGENT.label}.plist`) ? SYSTEM_AGENT : USER_AGENT)

const domain = (sys: System): string => `gui/${sys.identity.uid}`

/** Whether we run in the graphical session of our own user; only there `setenv` reaches its programs. */
async function inSession(sys: System, say: Say): Promise<boolean> {
  const [name, uid] = await Promise.all(['managername', 'manageruid'].map((word) => say(word).catch(() => '')))
  return name === 'Aqua' && uid === String(sys.identity.uid)
}

/** A job that is not loaded cannot be unloaded, which is what was wanted. */
const unload = (sys: System, { label }: Agent, say: Say): Promise<unknown> =>
  say('bootout', `${domain(sys)}/${label}`).catch(() => null)

/** What the job sets: variables by name, folders of PATH by their path. */
function wanted(agent: Agent, bytes: Uint8Array | null, home: string): ReadonlyMap<string, Value> {
  const entries = [...agentFormat(agent).read(bytes)]
  return new Map(
    entries.map(([key, value]) => [
      key.startsWith('var:') ? key.slice(4) : key.slice(5).replace(/^~\//, `${home}/`),
      value,
    ]),
  )
}

/** Gives back what the record of this session names and the job no longer sets. */
async function forget({ record }: Agent, names: ReadonlyMap<string, Value>, say: Say): Promise<void> {
  const known = (await say('getenv', record)).split(':').filter((name) => name !== '')
  const gone = known.filter((name) => !names.has(name))
  for (const name of gone) {
    if (name.startsWith('/')) await withoutFolder(name, say)
    else await restore(name, `${record}_WAS_${name}`, say)
  }
  const left = known.filter((name) => names.has(name))
  if (left.length > 0) await say('setenv', record, left.join(':'))
  else if (known.length > 0) await say('unsetenv', record)
}

async function restore(name: string, was: string, say: Say): Promise<void> {
  const old = await say('getenv', was)
  if (old === '') {
    await say('unsetenv', name)
    return
  }
  await say('setenv', name, old)
  await say('unsetenv', was)
}

async function withoutFolder(folder: string, say: Say): Promise<void> {
  const rest = (await say('getenv', 'PATH')).split(':').filter((one) => one !== folder)
  const path = rest.join(':')
  if (path === '' || path === SESSION_PATH) await say('unsetenv', 'PATH')
  else await say('setenv', 'PATH', path)
}

async function readBack(names: ReadonlyMap<string, Value>, say: Say): Promise<void> {
  for (const [name, value] of names) {
    const folder = name.startsWith('/')
    const found = await say('getenv', folder ? 'PATH' : name)
    if (folder ? !found.split(':').includes(name) : found !== value) throw new Error(`${name} was not taken`)
  }
}
