import os from 'node:os'
import type { DockerState } from '../../contract/machine.ts'
import type { Note } from '../../contract/note.ts'
import { dockerGuide } from '../docker-guide.ts'
import type { DockerSetup } from '../platform.ts'

/** The command that starts each product, as its own documentation gives it. */
const START: Readonly<Partial<Record<DockerState['flavour'], string>>> = {
  'docker-desktop': 'open -a Docker',
  'rancher-desktop': 'open -a "Rancher Desktop"',
  orbstack: 'open -a OrbStack',
  colima: 'colima start',
  podman: 'podman machine start',
}

/** What brings a Docker that does not run: its guide where there is none, else how to start the one that is there. */
export function darwinDockerSetup(docker: DockerState, arch: string = os.arch()): DockerSetup {
  if (/^(tcp|ssh|https?):/.test(docker.endpoint)) return byHand(step('elsewhere', { address: docker.endpoint }), [])
  if (docker.state === 'not-installed') return dockerGuide('darwin', arch)
  const { flavour } = docker
  if (flavour === 'docker-desktop' || flavour === 'unknown')
    return byHand(step('desktop.start'), [START['docker-desktop'] ?? ''])
  const command = START[flavour]
  return byHand(step('other.start', { flavour }), command === undefined ? [] : [command])
}

const step = (key: string, values?: Record<string, string>): Note => ({
  key: `docker-setup:${key}`,
  ...(values === undefined ? {} : { values }),
})

const byHand = (note: Note, commands: readonly string[]): DockerSetup => ({
  kind: 'changes',
  changes: [],
  steps: [note],
  commands,
  relogin: false,
})
