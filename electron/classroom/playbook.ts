import { stringify } from 'yaml'
import type { RoomOptions } from './room-folder.ts'

const HEAD = `# GoReady writes this file from room.json. Run it by hand in this folder: ansible-playbook %s
# If you change it, GoReady keeps your copy beside it before it writes another one.
`
const OPTIONS = { lineWidth: 0 } as const

/** What both playbooks tell the role. What is as it always is stays out: `group_vars` could not say it otherwise. */
function variables({ options, executable, wait, timeout }: RoomOptions): Record<string, unknown> {
  return {
    goready_room: '{{ playbook_dir }}',
    goready_for: options.for,
    ...(executable === null ? {} : { goready_executable: executable }),
    ...(wait === null ? {} : { goready_wait: wait }),
    ...(timeout === null ? {} : { goready_timeout: timeout }),
  }
}

/** Goes out in waves; when too many seats of one are not well, the next one is not begun. */
export function playbookText(room: RoomOptions, profile: readonly string[]): string {
  const { waves, tolerance } = room.options
  const [name] = profile
  const play = {
    name: 'Set the room up, wave by wave',
    hosts: 'seats',
    gather_facts: false,
    serial: waves,
    max_fail_percentage: tolerance,
    vars: {
      ...variables(room),
      goready_state: name === undefined ? 'checked' : 'applied',
      ...(name === undefined ? {} : { goready_profile: name, goready_files: profile }),
      ...(room.only.length === 0 ? {} : { goready_only: room.only }),
      ...(room.kit === null ? {} : { goready_kit: room.kit }),
      ...(room.installer === null ? {} : { goready_installer: room.installer }),
      // A wave of one that failed would end the play even where every failure is taken.
      ...(tolerance === 100 ? { goready_judge: false } : {}),
    },
    roles: ['goready.classroom.goready'],
  }
  return `---\n${HEAD.replace('%s', 'playbook.yml')}${stringify([play], OPTIONS)}`
}

/** Gives back what the room's runs changed, on every seat that can be reached. */
export function undoText(room: RoomOptions): string {
  const play = {
    name: 'Give everything back',
    hosts: 'seats',
    gather_facts: false,
    vars: { ...variables(room), goready_state: 'undone' },
    roles: ['goready.classroom.goready'],
  }
  return `---\n${HEAD.replace('%s', 'undo.yml --limit NAME')}${stringify([play], OPTIONS)}`
}

/** Nothing in it names a place outside of the room's folder, so that the folder can be moved. */
export function configText(room: RoomOptions): string {
  return `# GoReady writes this file. Ansible reads it when it is started in this folder.
[defaults]
inventory = inventory.yml
collections_path = collections
callbacks_enabled = goready.classroom.seats
forks = ${room.options.forks}
gathering = explicit
interpreter_python = /usr/bin/env python3
retry_files_enabled = False
display_ok_hosts = False
display_skipped_hosts = False
timeout = 8

[ssh_connection]
pipelining = True
# The role tries again itself, as long as a seat is waited for.
retries = 0
# A seat's key is taken when it is first seen, and kept in this folder; another key later is refused.
ssh_args = -o ControlMaster=auto -o ControlPersist=20s -o ConnectTimeout=8 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=known_hosts -o HashKnownHosts=no
`
}
