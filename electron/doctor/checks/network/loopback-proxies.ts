import type { DockerState, Override } from '../../../contract/machine.ts'
import { inVirtualMachine } from '../../../docker/flavour.ts'
import { isLoopback } from '../../../docker/loopback.ts'
import type { DoctorCheck, Found } from '../../check.ts'

/**
 * A proxy on 127.0.0.1 that whoever is told of it looks for in itself: an engine in a machine or network of its own,
 * and every container.
 */
export const loopbackProxiesCheck: DoctorCheck = {
  id: 'network.loopback-proxies',
  category: 'network',
  deadline: 8000,
  codes: ['network.proxy-loopback-engine', 'network.proxy-loopback-container'],
  explains: ['proxy-dead', 'refused-local'],
  async check({ facts }) {
    const [docker, overrides] = await Promise.all([facts.docker(), facts.overrides()])
    if (docker.state === 'not-installed') return { found: [] }
    return { found: [...engineProxies(docker), ...containerProxies(overrides)] }
  },
}

/** A rootless engine has a network of its own, from which the machine's 127.0.0.1 is not reached (slirp4netns). */
function engineProxies({ state, flavour, proxies }: DockerState): readonly Found[] {
  if (state !== 'running' || !(inVirtualMachine(flavour) || flavour === 'rootless')) return []
  const wrong = Object.entries(proxies).filter(([name, url]) => name !== 'NO_PROXY' && isLoopback(url))
  const [first] = wrong
  if (first === undefined) return []
  return [
    {
      code: 'network.proxy-loopback-engine',
      severity: 'error',
      subject: first[1],
      values: { name: wrong.map(([name]) => name).join(', '), flavour },
      evidence: wrong.map(([name, url]) => `docker info: ${name}=${url}`),
    },
  ]
}

function containerProxies(overrides: readonly Override[]): readonly Found[] {
  const wrong = overrides
    .filter(({ target, name }) => target === 'docker' && (name === 'httpProxy' || name === 'httpsProxy'))
    .flatMap(({ name, layers }) => layers.map((layer) => ({ name, ...layer })))
    .filter(({ wins, value }) => wins && value !== null && isLoopback(value))
  const [first] = wrong
  if (first === undefined) return []
  return [
    {
      code: 'network.proxy-loopback-container',
      severity: 'warning',
      subject: first.value ?? '',
      values: { name: wrong.map(({ name }) => name).join(', '), from: first.from },
      evidence: wrong.map(({ name, value, from }) => `${from}: ${name}=${value ?? ''}`),
    },
  ]
}
