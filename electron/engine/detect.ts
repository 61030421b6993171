import type { Machine } from '../contract/machine.ts'
import { redact } from '../core/redact.ts'
import type { System } from '../core/system.ts'
import { isLoopback } from '../docker/loopback.ts'
import { dockerState } from '../docker/state.ts'
import type { openPlatform } from '../platform/index.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import { detectGo, effective, goFacts } from '../settings/go/detect.ts'
import { detectShells, shellFacts } from '../settings/shell/detect.ts'
import { deadInUse } from './dead-mirrors.ts'
import { machineOverrides } from './overrides.ts'

/** Facts about this machine, gathered side by side. Only reads. */
export async function detectMachine(
  platform: ReturnType<typeof openPlatform>,
  sys: System,
  mirrors: () => Promise<MirrorCatalogue>,
  signal: AbortSignal,
): Promise<Machine> {
  const { places } = platform
  const [facts, docker, go, shells] = await Promise.all([
    platform.facts(sys, signal),
    dockerState(sys, places, signal),
    detectGo(sys, places, signal),
    detectShells(sys, places).then((state) => shellFacts(sys, state, signal)),
  ])
  const daemonProxies = Object.entries(docker.proxies).map(([name, value]) => ({
    name,
    value: redact(value),
    from: 'docker',
    loopback: isLoopback(value),
  }))
  const proxy = effective(go, 'GOPROXY')
  const overrides = await machineOverrides(sys, places, { docker, go })
  const apt = overrides.filter(({ target }) => target === 'apt').flatMap(({ layers }) => layers)
  return {
    ...facts,
    shells,
    docker,
    go: goFacts(go, places),
    sources: {
      go: proxy === null ? [] : [redact(proxy)],
      docker: docker.mirrors,
      ...(apt.length === 0 ? {} : { apt: [...new Set(apt.map(({ value }) => value ?? ''))] }),
    },
    overrides,
    findings: deadInUse((await mirrors()).mirrors, overrides),
    proxies: [...facts.proxies, ...daemonProxies],
    state: places.state,
  }
}
