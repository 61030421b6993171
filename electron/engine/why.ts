import type { DockerState, Override } from '../contract/machine.ts'
import type { Finding, Note } from '../contract/note.ts'
import type { PlanView } from '../contract/plan.ts'
import { KNOWN_NAMES, type WhyAnswer, whyNameSchema } from '../contract/why.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { redact } from '../core/redact.ts'
import type { System } from '../core/system.ts'
import { currentContext } from '../docker/context-store.ts'
import { findEndpoint } from '../docker/endpoint.ts'
import { openEngine } from '../docker/engine.ts'
import { imageEnv } from '../docker/image-env.ts'
import { dockerState } from '../docker/state.ts'
import { toolDefault } from '../settings/defaults/tool-default.ts'
import { detectGo } from '../settings/go/detect.ts'
import { isGoVariable } from '../settings/go/variables.ts'
import { askStarts, gatherFacts, type WhyFacts } from '../settings/why/facts.ts'
import { type Ask, goBelow, type GoTool } from '../settings/why/go-below.ts'
import { goRefuses, goTools } from '../settings/why/go-tool.ts'
import { played } from '../settings/why/look.ts'
import { overrideBelow, toolSetting } from '../settings/why/override-below.ts'
import type { Below } from '../settings/why/tool.ts'
import { type Answer, explain, type Removal } from '../settings/why/why.ts'
import { machineOverrides } from './overrides.ts'
import type { PlanBook } from './plans.ts'

/** What is asked for one name. `ask`: real shells are started where the text does not tell. `image`: a full reference. */
export type WhyOptions = { image: string | null; ask: boolean }

type Parts = { sys: System; places: Places; plans: PlanBook }

/** Answers that were given out, whose removals can still be planned. */
const KEPT = 400

/** Everything that was looked at for one question, or for all known names. */
type Looked = {
  facts: WhyFacts
  tools: readonly GoTool[]
  docker: DockerState | null
  overrides: readonly Override[]
  image: { reference: string; env: ReadonlyMap<string, string> } | null
}

/** Why a variable has the value that it has: the layers, the winners, and the plans that take a layer away. */
export class WhyBook {
  readonly #parts: Parts
  readonly #removals = new Map<string, Removal>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** One variable. Only reads; with `ask`, new shells of this user are started. Throws `bad-arguments` for no name. */
  async of(
    name: string,
    { image, ask }: WhyOptions,
    project: Places['project'],
    signal: AbortSignal,
  ): Promise<WhyAnswer> {
    if (!whyNameSchema.safeParse(name).success)
      throw new CodedError('bad-arguments', { reason: 'why:reason.noName', name })
    const tool = toolSetting(name) !== null || name.startsWith('DOCKER_')
    const looked = await this.#look({ image, tool }, project, signal)
    const first = await this.#answer(name, looked, signal)
    if (!ask) return this.#given(first)
    const open = new Set(first.why.contexts.filter(({ how }) => how === 'open').map(({ id }) => id))
    if (open.size === 0) return this.#given(first)
    await askStarts(this.#parts.sys, looked.facts, ({ id }) => open.has(id), signal)
    return this.#given(await this.#answer(name, looked, signal))
  }

  /** All known names that anybody sets, told from files alone. */
  async known(project: Places['project'], signal: AbortSignal): Promise<WhyAnswer[]> {
    const looked = await this.#look({ image: null, tool: true }, project, signal)
    const all: WhyAnswer[] = []
    for (const name of KNOWN_NAMES) all.push(this.#given(await this.#answer(name, looked, signal)))
    return all
  }

  /** The plan that takes a layer away, or repairs it. Throws `plan-expired` for an id that was not given out. */
  async plan(id: string): Promise<PlanView> {
    const removal = this.#removals.get(id)
    if (removal === undefined) throw new CodedError('plan-expired')
    return this.#parts.plans.makeFrom(removal.edits, [removal.note], { by: 'blocker', name: removal.name })
  }

  #given({ why, removals }: Answer): WhyAnswer {
    for (const [id, removal] of removals) {
      this.#removals.delete(id)
      this.#removals.set(id, removal)
    }
    for (const id of this.#removals.keys()) {
      if (this.#removals.size <= KEPT) break
      this.#removals.delete(id)
    }
    return why
  }

  /** `tool`: what the names may mean to a package manager or to Docker is asked as well, which takes its time. */
  async #look(
    { image, tool }: { image: string | null; tool: boolean },
    project: Places['project'],
    signal: AbortSignal,
  ): Promise<Looked> {
    const { sys } = this.#parts
    const places = { ...this.#parts.places, project }
    const [facts, tools, docker] = await Promise.all([
      gatherFacts(sys, places),
      goTools(sys, places, signal),
      tool || image !== null ? dockerState(sys, places, signal) : null,
    ])
    const overrides =
      tool && docker !== null
        ? await machineOverrides(sys, places, { docker, go: await detectGo(sys, places, signal) }, signal)
        : []
    const env = image === null || docker?.state !== 'running' ? null : await envOf(sys, places, image, signal)
    return { facts, tools, docker, overrides, image: image === null || env === null ? null : { reference: image, env } }
  }

  async #answer(name: string, looked: Looked, signal: AbortSignal): Promise<Answer> {
    const { sys, places } = this.#parts
    const { facts, tools, image } = looked
    const fixed = await this.#fixedBelow(name, looked, signal)
    const go = isGoVariable(name)
    const programs = ['PATH', 'GOROOT', 'GOTOOLCHAIN'].includes(name)
      ? tools.map(({ path, version, root }) => ({ path, version, root }))
      : []
    const below = (ask: Ask): readonly Below[] =>
      go ? goBelow(name, ask, tools[0] ?? null, facts.world, places) : fixed
    const ask = (findings: readonly Finding[]): Promise<Answer> =>
      played(sys, facts.world, () =>
        explain({
          name,
          facts,
          image,
          below,
          emptyHides: !go && toolSetting(name) === null && !name.startsWith('DOCKER_'),
          findings,
          programs,
        }),
      )
    const answer = await ask([])
    const findings = [...(await this.#findings(name, looked, answer.why, signal))]
    const why = { ...answer.why, findings }
    // What is no variable's name is a matter of the tool alone.
    return /^[A-Za-z_]\w*$/.test(name)
      ? { ...answer, why }
      : { ...answer, why: { ...why, contexts: why.contexts.filter(({ kind }) => kind === 'here') } }
  }

  async #fixedBelow(name: string, { overrides, docker }: Looked, signal: AbortSignal): Promise<readonly Below[]> {
    const { sys, places } = this.#parts
    const builtIn = (from: string, value: string | null): Below => ({
      kind: 'default',
      from,
      line: null,
      value,
      read: 'counts',
      removals: [],
    })
    if (name === 'DOCKER_CONTEXT') {
      const context = await currentContext(sys, places.docker.configDir).catch(() => null)
      const path = `${places.docker.configDir}/config.json`
      const hint = { key: 'why:hint.context' }
      const file: Below = {
        kind: 'tool-file',
        from: path,
        line: null,
        value: context,
        read: 'counts',
        removals: [],
        hint,
      }
      return [...(context === null ? [] : [file]), builtIn('docker', 'default')]
    }
    if (name === 'DOCKER_HOST')
      return docker === null || docker.source === 'DOCKER_HOST' ? [] : [builtIn('docker', docker.endpoint)]
    const setting = toolSetting(name)
    if (setting === null) return []
    const override = overrides.find((one) => one.target === setting.target && one.name === setting.name)
    const target = setting.target
    const own =
      (target === 'npm' && setting.name === 'registry') || target === 'pip'
        ? await toolDefault(target, sys, places, signal)
        : null
    return [...(override === undefined ? [] : overrideBelow(override)), ...(own === null ? [] : [builtIn(target, own)])]
  }

  async #findings(name: string, looked: Looked, why: WhyAnswer, signal: AbortSignal): Promise<readonly Finding[]> {
    const { sys, places } = this.#parts
    const [go] = looked.tools
    if (name === 'GOFLAGS' && go !== undefined)
      return flagFindings(why, (flags) => goRefuses(sys, places, go.path, flags, signal), looked.facts)
    if (name === 'PATH' || name === 'GOTOOLCHAIN') return severalGo(looked.tools)
    if (name === 'GOROOT') return [...severalGo(looked.tools), ...(await leftOverRoot(sys, places, looked.tools))]
    return name === 'DOCKER_CONTEXT' && places.environment['DOCKER_HOST']
      ? [finding('docker-host', 'warning', {})]
      : caseFindings(name, places)
  }
}

const finding = (
  id: string,
  severity: Finding['severity'],
  values: NonNullable<Note['values']>,
  details: readonly string[] = [],
): Finding => ({
  id: `why.${id}`,
  severity,
  note: { key: `why:finding.${id}`, values },
  ...(details.length === 0 ? {} : { details: [...details] }),
})

async function envOf(
  sys: System,
  places: Places,
  image: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  try {
    return await imageEnv(await openEngine(await findEndpoint(sys, places), { signal }), image, signal)
  } catch {
    signal.throwIfAborted()
    return null
  }
}

/** A value that `go` cannot read breaks each of its commands. Every value that stands somewhere is tried. */
async function flagFindings(
  why: WhyAnswer,
  refused: (flags: string) => Promise<string | null>,
  facts: WhyFacts,
): Promise<readonly Finding[]> {
  const found: Finding[] = []
  const tried = new Map<string, string | null>()
  for (const layer of why.layers) {
    const { value, from, line } = layer
    if (value === null || value === '' || layer.kind === 'default') continue
    if (!tried.has(value)) tried.set(value, await refused(value))
    const cause = tried.get(value) ?? null
    if (cause === null) continue
    const wins = why.contexts.some(({ winner }) => winner === layer.id)
    const where =
      line === null ? (facts.places.environment[why.name] === undefined ? from : why.name) : `${from}:${line}`
    layer.problems.push({ key: 'why:problem.flags', values: { value } })
    found.push(finding('flags', wins ? 'error' : 'warning', { value, where }, [redact(cause)]))
  }
  return found
}

function severalGo(tools: readonly GoTool[]): readonly Finding[] {
  const [first, ...others] = tools
  if (first === undefined || others.length === 0) return []
  const more = others.map(({ path, version }) => `${path} (${version})`).join(', ')
  return [finding('several-go', 'warning', { path: first.path, version: first.version, others: more })]
}

/** A GOROOT that is still set from an earlier Go: the go that runs then works with the other one's library. */
async function leftOverRoot(sys: System, places: Places, [go]: readonly GoTool[]): Promise<readonly Finding[]> {
  const root = places.environment['GOROOT']
  if (go === undefined || root === undefined || root === '') return []
  const real = (path: string): Promise<string> => sys.resolve(path).catch(() => path)
  return (await real(root)) === (await real(go.root))
    ? []
    : [finding('root', 'error', { root, path: go.path, own: go.root })]
}

/** Some programs read only one spelling of a proxy, and none agree which counts first. */
function caseFindings(name: string, { environment }: Places): readonly Finding[] {
  if (!/_proxy$/i.test(name)) return []
  const [lower, upper] = [name.toLowerCase(), name.toUpperCase()]
  const [a, b] = [environment[lower], environment[upper]]
  if (a === b || (a === undefined && b === undefined)) return []
  return [finding(a === undefined || b === undefined ? 'one-case' : 'cases', 'info', { lower, upper })]
}
