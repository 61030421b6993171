import type { Machine } from '../../electron/contract/machine.ts'

/** A machine on which everything is in place, for tests to break. */
export function aMachine(): Machine {
  return {
    os: { platform: 'linux', name: 'Debian GNU/Linux', version: '12', arch: 'x64', kernel: '6.1' },
    user: { name: 'chen', uid: 1000, gid: 1000, home: '/home/chen', root: false, behindSudo: null, groups: [] },
    shells: [{ id: 'bash', path: '/bin/bash', version: '5.2', login: true }],
    docker: {
      state: 'running',
      endpoint: 'unix:///var/run/docker.sock',
      source: 'default',
      context: null,
      flavour: 'docker-engine',
      version: '28.2.2',
      apiVersion: null,
      os: null,
      arch: null,
      storage: null,
      containerdStore: false,
      mirrors: [],
      proxies: {},
      configFile: null,
      cause: null,
    },
    go: { installed: [], envFile: '/home/chen/.config/go/env', settings: [] },
    tools: [],
    sources: {},
    overrides: [],
    findings: [],
    proxies: [],
    permissions: { writeHome: true, writeSystem: false, elevation: 'sudo' },
    state: '/home/chen/.local/state/goready',
  }
}
