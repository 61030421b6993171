import type { Finding } from '../../contract/note.ts'
import { NO_POLICY, type Policy, waitFor } from '../../core/patience.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { askTool, hostOf, sameAddress, tail } from '../ask-tool.ts'
import { hiders, holds, type PipChoice } from './choose.ts'
import { detectPip } from './detect.ts'

/** A small package that every index has. */
const PACKAGE = 'six'

type Asked = { sys: Reader; places: Places; choice: PipChoice; hidden: boolean; signal: AbortSignal; policy: Policy }

/** Looks at the files, then asks pip what it makes of them and which host it really goes to. */
export async function verifyPip(
  sys: Reader,
  places: Places,
  choice: PipChoice,
  signal: AbortSignal,
  policy: Policy = NO_POLICY,
): Promise<readonly Finding[]> {
  const state = await detectPip(sys, places)
  const hidden = hiders(state, choice)
  const values = { file: state.user.at(-1)?.path ?? '' }
  const written: Finding = holds(state, choice)
    ? { id: 'pip.written', severity: 'ok', note: { key: 'setting:pip.written', values } }
    : { id: 'pip.written', severity: 'error', note: { key: 'setting:pip.notWritten', values } }
  if (state.program === null)
    return [written, ...hidden, { id: 'pip.asked', severity: 'info', note: { key: 'setting:pip.notInstalled' } }]
  const asked: Asked = { sys, places, choice, hidden: hidden.length > 0, signal, policy }
  return [written, ...hidden, await askConfig(asked, state.program), await askHost(asked, state.program)]
}

/** Milliseconds that pip itself may take before and after its request. */
const STARTS = 7000
const ENV = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1', PIP_NO_COLOR: '1' }

/** `pip config get`: what pip makes of its files; it ends with 1 where none names an index. */
async function askConfig({ sys, places, choice, hidden, signal }: Asked, pip: string): Promise<Finding> {
  const options = { cwd: places.home, env: ENV, signal }
  const { code, stdout, stderr } = await askTool(sys, places, [pip, 'config', 'get', 'global.index-url'], options)
  const answer = code === 0 ? stdout.trim() : null
  const values = { path: pip }
  if (code !== 0 && !/no such key/i.test(stderr))
    return {
      id: 'pip.effective',
      severity: 'warning',
      note: { key: 'setting:pip.silent', values },
      details: [...tail(redact(stderr))],
    }
  const right = answer === null || choice.index === null ? answer === choice.index : sameAddress(answer, choice.index)
  if (right) return { id: 'pip.effective', severity: 'ok', note: { key: 'setting:pip.effective', values } }
  const details = [redact(`global.index-url=${answer ?? ''}`)]
  // The user's files no longer name one; whoever else does is none of ours.
  const severity = hidden || choice.index === null ? 'warning' : 'error'
  return {
    id: 'pip.effective',
    severity,
    note: { key: 'setting:pip.notEffective', values },
    details,
  }
}

/** pip's own check of its index for a small package, with what it logs of its requests: the host that was really asked. */
async function askHost({ sys, places, choice, hidden, signal, policy }: Asked, pip: string): Promise<Finding> {
  const wait = waitFor('tool', policy)
  // Seconds, and no part of one.
  const flags = ['-vvv', '--retries', '0', '--timeout', String(Math.ceil(wait / 1000))]
  // pip tells an index which rustc there is, and rustup's stand-in for it makes itself at home.
  const scratch = ['PIP_CACHE_DIR', 'RUSTUP_HOME']
  const options = { cwd: places.home, env: ENV, scratch, signal, timeout: wait + STARTS }
  const { stdout, stderr } = await askTool(sys, places, [pip, 'index', 'versions', PACKAGE, ...flags], options)
  const said = `${stdout}\n${stderr}`
  const request = /^\s*(https?:\/\/[^\s"]+) "GET (\S+) HTTP\/[\d.]+" (\d{3})/m.exec(said)
  const tried = request?.[1] ?? /Getting page (https?:\/\/\S+)/.exec(said)?.[1]
  const host = portless(tried ?? '')
  const wanted = choice.index === null ? null : portless(choice.index)
  const id = 'pip.asked'
  if (tried !== undefined && wanted !== null && host !== wanted)
    return {
      id,
      severity: hidden ? 'warning' : 'error',
      note: { key: 'setting:pip.askedOther', values: { host, wanted } },
    }
  const status = request?.[3] ?? '-'
  if (status === '200')
    return { id, severity: 'ok', note: { key: 'setting:pip.asked', values: { host, package: PACKAGE } } }
  const values = { host: host === '' ? (wanted ?? '') : host, status, package: PACKAGE }
  return { id, severity: 'warning', note: { key: 'setting:pip.unanswered', values }, details: [...tail(redact(said))] }
}

/** pip names the port always, an address only where it is not the usual one. */
const portless = (address: string): string =>
  hostOf(address.replace(/^(https:\/\/[^/]+):443(?=\/|$)|^(http:\/\/[^/]+):80(?=\/|$)/, '$1$2'))
