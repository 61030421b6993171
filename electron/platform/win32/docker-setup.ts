import os from 'node:os'
import type { DockerState } from '../../contract/machine.ts'
import type { Note } from '../../contract/note.ts'
import { dockerGuide } from '../docker-guide.ts'
import type { DockerSetup } from '../platform.ts'

/** What brings a Docker that does not run: its guide where there is none, else how to start the one that is there. */
export function windowsDockerSetup(docker: DockerState, arch: string = os.arch()): DockerSetup {
  if (/^(tcp|ssh|https?):/.test(docker.endpoint)) return byHand(step('elsewhere', { address: docker.endpoint }), [])
  if (docker.state === 'not-installed') return dockerGuide('win32', arch)
  // Its own command line, from Docker Desktop 4.37 on: docs.docker.com/reference/cli/docker/desktop.
  if (docker.flavour === 'docker-desktop' || docker.flavour === 'unknown')
    return byHand(step('desktop.start'), ['docker desktop start'])
  const command = docker.flavour === 'podman' ? ['podman machine start'] : []
  return byHand(step('other.start', { flavour: docker.flavour }), command)
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
