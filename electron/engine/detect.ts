import type { Machine, Override } from '../contract/machine.ts'
import type { Places } from '../core/places.ts'
import { redact } from '../core/redact.ts'
import type { System } from '../core/system.ts'
import { isLoopback } from '../docker/loopback.ts'
import { dockerState } from '../docker/state.ts'
import type { openPlatform } from '../platform/index.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import { aptSystem } from '../settings/apt/system.ts'
import { findPrograms } from '../settings/find-program.ts'
import { detectGo, effective, goFacts } from '../settings/go/detect.ts'
import { detectShells, shellFacts } from '../settings/shell/detect.ts'
import { deadInUse } from './dead-mirrors.ts'
import { machineOverrides } from './overrides.ts'

type DetectParts = {
  platform: ReturnType<typeof openPlatform>
  sys: System
  mirrors(): Promise<MirrorCatalogue>
  project: Places['project']
}

/** Facts about this machine, gathered side by side. Only reads. */
export async function detectMachine(
  { platform, sys, mirrors, project }: DetectParts,
  signal: AbortSignal,
): Promise<Machine> {
  const places = { ...platform.places, project }
  const [facts, docker, go, shells, tools] = await Promise.all([
    platform.facts(sys, signal),
    dockerState(sys, places, signal),
    detectGo(sys, places, signal),
    detectShells(sys, places).then((state) => shellFacts(sys, state, signal)),
    toolsOf(sys, places),
  ])
  const daemonProxies = Object.entries(docker.proxies).map(([name, value]) => ({
    name,
    value: redact(value),
    from: 'docker',
    loopback: isLoopback(value),
  }))
  const proxy = effective(go, 'GOPROXY')
  const overrides = await machineOverrides(sys, places, { docker, go }, signal)
  return {
    ...facts,
    shells,
    docker,
    go: goFacts(go, places),
    tools,
    sources: {
      go: proxy === null ? [] : [redact(proxy)],
      docker: docker.mirrors,
      ...inUse(overrides),
    },
    overrides,
    findings: deadInUse((await mirrors()).mirrors, overrides),
    proxies: [...facts.proxies, ...daemonProxies],
    state: places.state,
  }
}

/** Tools that somebody could want a source for; apt only where its archive is one that we know. */
async function toolsOf(sys: System, places: Places): Promise<Machine['tools']> {
  const has = async (names: readonly string[], known: readonly string[]): Promise<boolean> => {
    const found = await Promise.all(names.map((name) => findPrograms(sys, places, name, known)))
    return found.some((paths) => paths.length > 0)
  }
  const [npm, pip, apt] = await Promise.all([
    has(['npm', 'yarn', 'pnpm'], places.npm.programs),
    has(['pip3', 'pip'], places.pip.programs),
    aptSystem(sys, places),
  ])
  return [...(npm ? (['npm'] as const) : []), ...(pip ? (['pip'] as const) : []), ...(apt ? (['apt'] as const) : [])]
}

/** What npm, apt and pip ask now, as far as somebody has set it. */
function inUse(overrides: readonly Override[]): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const { target, name, layers } of overrides) {
    if (!['npm registry', 'apt URIs', 'pip index-url'].includes(`${target} ${name}`)) continue
    const values = layers.flatMap(({ value, wins }) => (wins && value !== null ? [value] : []))
    if (values.length > 0) found[target] = [...new Set(values)]
  }
  return found
}
