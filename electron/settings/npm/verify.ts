import type { Finding } from '../../contract/note.ts'
import { NO_POLICY, type Policy, waitFor } from '../../core/patience.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { askTool, hostOf, sameAddress, tail } from '../ask-tool.ts'
import { agrees, hiders, levelOf, type NpmChoice, REGISTRY } from './choose.ts'
import { detectNpm, keysOf, type NpmState } from './detect.ts'
import { yarnKey } from './plan.ts'

/** pnpm asks npm, too; what npm notes of a run goes beside its cache. */
const CACHE = ['npm_config_cache']
/** A package of a few kilobytes that every registry has. */
const PACKAGE = 'isarray'

/**
 * Looks at the file, then asks npm what it makes of it and which host it really goes to, then yarn and pnpm where
 * they are installed. What is hidden by something else is a warning: the file is right, and the plan said so.
 */
export async function verifyNpm(
  sys: Reader,
  places: Places,
  choice: NpmChoice,
  signal: AbortSignal,
  policy: Policy = NO_POLICY,
): Promise<readonly Finding[]> {
  const state = await detectNpm(sys, places, signal)
  const hidden = hiders(state, choice)
  const asked: Asked = {
    sys,
    places,
    state,
    choice,
    hidden: hidden.some(({ id }) => id === 'npm.hidden.variable'),
    signal,
    policy,
  }
  return [askFile(asked), ...hidden, ...(await askNpm(asked)), ...(await askYarn(asked)), ...(await askPnpm(asked))]
}

type Asked = {
  sys: Reader
  places: Places
  state: NpmState
  choice: NpmChoice
  /** A variable beats the files: then the tools are right to answer something else. */
  hidden: boolean
  signal: AbortSignal
  policy: Policy
}

/** Where a tool has to stand for the files that were written to count. */
const folderOf = ({ state }: Asked): string => levelOf(state).folder

function askFile({ state, places, choice }: Asked): Finding {
  const { npmrc } = levelOf(state)
  const found = keysOf(npmrc)
  const details = [...choice.registries].flatMap(([key, wanted]) =>
    agrees(found.get(key), wanted, places) ? [] : [redact(`${key}=${JSON.stringify(found.get(key) ?? '')}`)],
  )
  const values = { file: npmrc.path }
  return details.length === 0
    ? { id: 'npm.written', severity: 'ok', note: { key: 'setting:npm.written', values } }
    : { id: 'npm.written', severity: 'error', note: { key: 'setting:npm.notWritten', values }, details }
}

async function askNpm(asked: Asked): Promise<readonly Finding[]> {
  const { npm } = asked.state.programs
  if (npm === null) return [{ id: 'npm.asked', severity: 'info', note: { key: 'setting:npm.notInstalled' } }]
  const config = await askConfig(asked, npm)
  const { choice } = asked
  return choice.registries.has(REGISTRY) ? [config, await askHost(asked, npm)] : [config]
}

/** Milliseconds that npm itself may take before and after its request. */
const STARTS = 7000
const QUIET = ['--update-notifier=false', '--color=false']

/** `npm config get`: what npm makes of all its files and variables. */
async function askConfig(asked: Asked, npm: string): Promise<Finding> {
  const { sys, places, choice, hidden, signal } = asked
  // One key alone is answered without its name.
  const keys = [...choice.registries.keys(), 'cache']
  const options = { cwd: folderOf(asked), signal, scratch: CACHE }
  const { code, stdout, stderr } = await askTool(sys, places, [npm, 'config', 'get', ...keys, ...QUIET], options)
  const values = { path: npm }
  const answers = new Map(stdout.split('\n').map((line) => splitOnce(line)))
  const details = [...choice.registries].flatMap(([key, wanted]) => {
    const answer = answers.get(key)
    // The tool's default is what it says it is.
    if (wanted === null || (answer !== undefined && sameAddress(answer, wanted))) return []
    return [redact(`${key}=${answer ?? ''}`)]
  })
  if (code !== 0)
    return {
      id: 'npm.effective',
      severity: 'warning',
      note: { key: 'setting:npm.silent', values },
      details: [...tail(redact(stderr))],
    }
  if (details.length === 0)
    return { id: 'npm.effective', severity: 'ok', note: { key: 'setting:npm.effective', values } }
  const severity = hidden ? 'warning' : 'error'
  return { id: 'npm.effective', severity, note: { key: 'setting:npm.notEffective', values }, details }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

/** `npm view` of a small package, with what npm logs of its requests: the host that was really asked. */
async function askHost(asked: Asked, npm: string): Promise<Finding> {
  const { sys, places, choice, hidden, signal, policy } = asked
  const wait = waitFor('tool', policy)
  const patience = ['--fetch-retries=0', `--fetch-timeout=${wait}`]
  const flags = ['--json', '--loglevel=http', ...patience, '--prefer-online', ...QUIET]
  const argv = [npm, 'view', PACKAGE, 'version', ...flags] as const
  const options = { cwd: folderOf(asked), signal, scratch: CACHE, timeout: wait + STARTS }
  const { stderr } = await askTool(sys, places, [...argv], options)
  const request = /npm (?:http|HTTP|verb|info)\S* fetch GET (?:(\d{3}) )?(https?:\/\/\S+)/.exec(stderr)
  const status = request?.[1]
  const host = hostOf(request?.[2] ?? '')
  const wanted = choice.registries.get(REGISTRY) ?? null
  if (request && wanted !== null && host !== hostOf(wanted)) {
    const values = { host, wanted: hostOf(wanted) }
    return { id: 'npm.asked', severity: hidden ? 'warning' : 'error', note: { key: 'setting:npm.askedOther', values } }
  }
  if (status === '200')
    return { id: 'npm.asked', severity: 'ok', note: { key: 'setting:npm.asked', values: { host, package: PACKAGE } } }
  const values = { host: host === '' ? hostOf(wanted ?? '') : host, status: status ?? '-', package: PACKAGE }
  return {
    id: 'npm.asked',
    severity: 'warning',
    note: { key: 'setting:npm.unanswered', values },
    details: [...tail(redact(stderr))],
  }
}

/** yarn 2 and later: its own file. yarn 1 reads npm's, and its `config get` names a default that it does not use. */
async function askYarn(asked: Asked): Promise<readonly Finding[]> {
  const { sys, places, state, choice, hidden, signal } = asked
  const level = levelOf(state)
  if (!level.usesYarn) return []
  const found = keysOf(level.yarnrc)
  const wrong = [...choice.registries].filter(([key, wanted]) => !agrees(found.get(yarnKey(key)), wanted, places))
  const values = { file: level.yarnrc.path }
  const findings: Finding[] = [
    wrong.length === 0
      ? { id: 'npm.yarn', severity: 'ok', note: { key: 'setting:npm.yarnWritten', values } }
      : {
          id: 'npm.yarn',
          severity: 'error',
          note: { key: 'setting:npm.notWritten', values },
          details: wrong.map(([key]) => key),
        },
  ]
  const wanted = choice.registries.get(REGISTRY)
  if (wanted?.startsWith('http://'))
    findings.push({
      id: 'npm.yarnHttp',
      severity: 'warning',
      note: { key: 'setting:npm.yarnHttp', values: { host: hostOf(wanted) } },
    })
  if (state.programs.yarn === null || wanted === undefined || wanted === null) return findings
  const env = { COREPACK_ENABLE_NETWORK: '0', YARN_IGNORE_PATH: '1', YARN_ENABLE_TELEMETRY: '0' }
  const options = { cwd: folderOf(asked), env, signal }
  const { code, stdout } = await askTool(
    sys,
    places,
    [state.programs.yarn, 'config', 'get', 'npmRegistryServer'],
    options,
  )
  // yarn 1 stands here for a project that brings its own yarn 2.
  if (code !== 0 || !/^https?:/.test(stdout.trim()) || hidden) return findings
  const answer = stdout.trim().split('\n').at(-1) ?? ''
  if (sameAddress(answer, wanted)) return findings
  const note = { key: 'setting:npm.notEffective', values: { path: state.programs.yarn } }
  return [
    ...findings,
    { id: 'npm.yarnEffective', severity: 'warning', note, details: [redact(`npmRegistryServer=${answer}`)] },
  ]
}

async function askPnpm(asked: Asked): Promise<readonly Finding[]> {
  const { sys, places, state, choice, hidden, signal } = asked
  const { pnpm } = state.programs
  const wanted = choice.registries.get(REGISTRY)
  if (pnpm === null || wanted === undefined || wanted === null || hidden) return []
  const options = { cwd: folderOf(asked), env: { COREPACK_ENABLE_NETWORK: '0' }, scratch: CACHE, signal }
  const { code, stdout } = await askTool(sys, places, [pnpm, 'config', 'get', 'registry'], options)
  const answer = stdout.trim()
  if (code !== 0 || !/^https?:/.test(answer)) return []
  const values = { path: pnpm }
  return sameAddress(answer, wanted)
    ? [{ id: 'npm.pnpm', severity: 'ok', note: { key: 'setting:npm.effective', values } }]
    : [
        {
          id: 'npm.pnpm',
          severity: 'warning',
          note: { key: 'setting:npm.notEffective', values },
          details: [redact(`registry=${answer}`)],
        },
      ]
}
