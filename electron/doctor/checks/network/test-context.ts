import type { DockerState, Override } from '../../../contract/machine.ts'
import { linuxPlaces } from '../../../platform/linux/places.ts'
import { MemorySystem } from '../../../system/memory.ts'
import type { DoctorContext } from '../../check.ts'
import { openFacts } from '../../facts.ts'
import type { Probe } from '../../probe/probe.ts'

type Given = {
  files?: Record<string, string>
  environment?: Record<string, string>
  docker?: Partial<DockerState>
  overrides?: readonly Override[]
  probes?: readonly Probe[]
}

const ENGINE: DockerState = {
  ...{ state: 'running', endpoint: 'unix:///run/docker.sock', source: 'default', context: null },
  ...{ flavour: 'docker-engine', version: '27.0', apiVersion: '1.45', os: 'linux', arch: 'amd64', storage: null },
  ...{ containerdStore: false, mirrors: [], proxies: {}, configFile: '/etc/docker/daemon.json', cause: null },
}

/** A machine of which the given is known, and nothing is asked. */
export function contextWith({
  files = {},
  environment = {},
  docker = {},
  overrides = [],
  probes = [],
}: Given): DoctorContext {
  const sys = new MemorySystem(files)
  const places = linuxPlaces({ environment: { HOME: '/home/u', ...environment }, uid: 1000, username: 'u' })
  const parts = {
    ...{ sys, places, mirrors: { date: '2026-11-01', mirrors: [] }, witnesses: { resolvers: [] } },
    authorities: () => Promise.resolve(null),
    now: () => 0,
  }
  const { signal } = new AbortController()
  const all = openFacts({ ...parts, systemProxy: null, overrides: () => Promise.resolve(overrides) }, signal)
  const facts = {
    ...all,
    docker: () => Promise.resolve({ ...ENGINE, ...docker }),
    overrides: () => Promise.resolve(overrides),
    probes: () => Promise.resolve(probes),
  }
  return { ...parts, facts, http: () => Promise.reject(new Error('nobody is asked')), setUp: false }
}
