import type { DockerState, Override } from '../contract/machine.ts'
import { dockerState } from '../docker/state.ts'
import { type AptState, detectApt } from '../settings/apt/detect.ts'
import { detectGo, type GoState } from '../settings/go/detect.ts'
import { detectNpm, type NpmState } from '../settings/npm/detect.ts'
import { detectPip, type PipState } from '../settings/pip/detect.ts'
import { gatherFacts, type WhyFacts } from '../settings/why/facts.ts'
import type { GoTool } from '../settings/why/go-below.ts'
import { detectShells, type ShellState } from '../settings/shell/detect.ts'
import { goTools } from '../settings/why/go-tool.ts'
import type { Probe } from './probe/probe.ts'
import { trustStores, type TrustStores } from './probe/trust.ts'
import { walk, type WalkParts } from './probe/walk.ts'

/** What several checks want to know of this machine. Each is asked once, when the first check wants it. */
export type Facts = {
  docker(): Promise<DockerState>
  go(): Promise<GoState>
  /** Every go program in the order of PATH, with its own defaults. */
  goTools(): Promise<readonly GoTool[]>
  npm(): Promise<NpmState>
  pip(): Promise<PipState>
  apt(): Promise<AptState>
  /** The shells that are installed, and the text of every file that they read. */
  shells(): Promise<ShellState>
  /** Every file that may set a variable, and what each kind of program that is started anew gets of it. */
  startups(): Promise<WhyFacts>
  /** Everything that sets a source or a proxy, and which of it wins. */
  overrides(): Promise<readonly Override[]>
  /** Whom each tool believes. */
  trust(): Promise<TrustStores>
  /** The way to every address in use, as far as it could be gone. Within 8 s. */
  probes(): Promise<readonly Probe[]>
}

export type FactParts = Omit<WalkParts, 'facts'> & {
  /** Composes the overrides of all targets. */
  overrides(docker: DockerState, go: GoState): Promise<readonly Override[]>
}

/** Milliseconds; an engine that is mute for longer is one that nobody can use, and the checks that wait for it have five seconds. */
const DOCKER_PATIENCE = 3500

/** `signal` ends the asking for all of them. */
export function openFacts(parts: FactParts, signal: AbortSignal): Facts {
  const { sys, places, overrides } = parts
  const docker = once(() => dockerState(sys, places, signal, DOCKER_PATIENCE))
  const go = once(() => detectGo(sys, places, signal))
  const settled = {
    docker,
    go,
    goTools: once(() => goTools(sys, places, signal)),
    npm: once(() => detectNpm(sys, places, signal)),
    pip: once(() => detectPip(sys, places)),
    apt: once(() => detectApt(sys, places)),
    shells: once(() => detectShells(sys, places, signal)),
    startups: once(() => gatherFacts(sys, places)),
    overrides: once(async () => overrides(...(await Promise.all([docker(), go()])))),
  }
  const facts = { ...settled, trust: once(() => trustStores({ ...parts, facts: settled }, signal)) }
  // The way is gone with what any tool believes: whether the one that goes it does is a matter of its certificates.
  const authorities = async (): Promise<readonly string[]> => {
    const { all } = await facts.trust()
    return [...new Set([...((await parts.authorities()) ?? []), ...all])]
  }
  return { ...facts, probes: once(() => walk({ ...parts, facts, authorities }, signal)) }
}

/** A question that is asked when somebody first wants to know, and whose answer all get. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null
  return () => (answer ??= ask())
}
