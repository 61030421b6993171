import type { DockerState } from '../../contract/machine.ts'

/** A Docker of a Mac for tests; `changes` replaces parts. */
export const testState = (changes: Partial<DockerState>): DockerState => ({
  state: 'not-running',
  endpoint: 'unix:///var/run/docker.sock',
  source: 'default',
  context: null,
  flavour: 'unknown',
  version: null,
  apiVersion: null,
  os: null,
  arch: null,
  storage: null,
  containerdStore: false,
  mirrors: [],
  proxies: {},
  configFile: null,
  cause: null,
  ...changes,
})
