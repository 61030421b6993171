import type { Machine } from '../../electron/contract/machine.ts'
import type { Note } from '../../electron/contract/note.ts'
import type { RunSummary } from '../../electron/contract/run.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'

/** What a check's button does. */
export type Remedy = { kind: 'docker-help' } | { kind: 'undo'; runId: string } | { kind: 'sources' }

export type Check = {
  id: string
  state: 'pending' | 'ok' | 'info' | 'warning' | 'error'
  note: Note
  remedy: Remedy | null
}

/** What trying the network gave; `answered` null: nobody could be asked. */
export type Network = { state: 'looking' } | { state: 'tried'; online: boolean; answered: boolean | null }

/** Everything that was found about this machine, as checks in a fixed order. */
export function checksOf(machine: Machine, runs: readonly RunSummary[], mirrors: readonly MirrorView[]): Check[] {
  return [
    interrupted(runs),
    docker(machine),
    home(machine),
    dead(machine, mirrors),
    hidden(machine),
    proxy(machine),
    shells(machine),
    system(machine),
  ]
}

const check = (id: string, state: Check['state'], key: string, values?: Note['values'], remedy?: Remedy): Check => ({
  id,
  state,
  note: { key: `check-up:check.${key}`, ...(values === undefined ? {} : { values }) },
  remedy: remedy ?? null,
})

function system({ os }: Machine): Check {
  return check('system', 'ok', 'system', { name: os.name, version: os.version, arch: os.arch })
}

function interrupted(runs: readonly RunSummary[]): Check {
  const run = runs.find(({ status }) => status === 'interrupted')
  if (run === undefined) return check('interrupted', 'ok', 'earlierNone')
  const date = run.startedAt.slice(0, 16).replace('T', ' ')
  return check('interrupted', 'error', 'interrupted', { date }, { kind: 'undo', runId: run.id })
}

function docker({ docker: { state, version, endpoint } }: Machine): Check {
  const values = { version: version ?? '', endpoint }
  if (state === 'running') return check('docker', 'ok', 'docker.running', values)
  return check('docker', 'error', `docker.${state}`, values, { kind: 'docker-help' })
}

function home({ permissions, user }: Machine): Check {
  if (permissions.writeHome) return check('home', 'ok', 'home')
  return check('home', 'error', 'homeNot', { home: user.home })
}

function shells({ shells: found }: Machine): Check {
  if (found.length === 0) return check('shells', 'info', 'shellsNone')
  return check('shells', 'ok', 'shells', { shells: found.map(({ id, version }) => `${id} ${version}`).join(' · ') })
}

/** A value in front of the GOENV file is no mishap: the plan replaces it where it must. */
function hidden({ go }: Machine): Check {
  const one = go.settings.find((setting) => setting.hidden)
  const by = go.settings.find(({ name, from }) => name === one?.name && from !== one.from)
  if (one === undefined) return check('hidden', 'ok', 'hiddenNot')
  return check('hidden', 'info', 'hidden', { name: one.name, from: by?.from ?? '' })
}

function proxy({ proxies }: Machine): Check {
  const one = proxies.find(({ loopback }) => loopback)
  if (one === undefined) return check('proxy', 'ok', 'proxyNot')
  return check('proxy', 'warning', 'proxy', { name: one.name, value: one.value })
}

function dead({ sources }: Machine, mirrors: readonly MirrorView[]): Check {
  const used = Object.values(sources)
    .flat()
    .flatMap((value) => value.split(/[,|]/))
  const one = mirrors.find(({ status, url }) => status === 'dead' && used.some((value) => sameAddress(value, url)))
  if (one === undefined) return check('dead', 'ok', 'deadNot')
  return check('dead', 'warning', 'dead', { url: one.url, since: one.since ?? '?' }, { kind: 'sources' })
}

/** Addresses that differ only in a slash at the end or in the host's capitals are one. */
export function sameAddress(a: string, b: string): boolean {
  const plain = (text: string) => (URL.canParse(text) ? new URL(text).href : text).replace(/\/+$/, '')
  return plain(a.trim()) === plain(b.trim())
}

/** The network as a check of its own: its answer comes later than the others and keeps its place. */
export function networkCheck(network: Network): Check {
  if (network.state === 'looking') return check('network', 'pending', 'networkLooking')
  if (!network.online) return check('network', 'error', 'networkOffline')
  if (network.answered === null) return check('network', 'info', 'networkUnknown')
  if (network.answered) return check('network', 'ok', 'network')
  return check('network', 'warning', 'networkNone', undefined, { kind: 'sources' })
}

/** At most this many problems stand in the open: a wall of warnings frightens. */
const OPEN = 3

export type Verdict = {
  /** `well`: ready, and an earlier run's settings stand. */
  state: 'ready' | 'well' | 'needs'
  problems: number
  /** In the open, the worst first; the network last, so that its late answer moves nothing. */
  open: readonly Check[]
  /** Problems that did not fit and all that is fine. */
  folded: readonly Check[]
  fine: number
}

export function verdictOf(checks: readonly Check[], network: Check, runs: readonly RunSummary[]): Verdict {
  const isProblem = ({ state }: Check) => state === 'warning' || state === 'error'
  const problems = [
    ...checks.filter(({ state }) => state === 'error'),
    ...checks.filter(({ state }) => state === 'warning'),
  ]
  // The network holds the last place until it turns out to be well; then a third problem may have it, so that
  // nothing below moves.
  const free = network.state === 'ok' || network.state === 'info'
  const shown = problems.slice(0, free ? OPEN : OPEN - 1)
  const open = shown.length < OPEN ? [...shown, network] : shown
  const folded = [...problems.slice(shown.length), ...checks.filter((one) => !isProblem(one))]
  const count = problems.length + (isProblem(network) ? 1 : 0)
  const standing = runs.find(({ changed, status }) => changed && status !== 'undone')?.status === 'applied'
  return {
    state: count > 0 ? 'needs' : standing ? 'well' : 'ready',
    problems: count,
    open,
    folded,
    fine: checks.filter((one) => !isProblem(one)).length,
  }
}
