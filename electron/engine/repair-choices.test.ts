import { expect, test } from 'vitest'
import type { Change, Edit } from '../contract/plan.ts'
import type { Repair } from '../doctor/check.ts'
import { choicesForRepairs } from './choices.ts'

const DAEMON = '/etc/docker/daemon.json'
const GOENV = '/home/u/.config/go/env'
const note = { key: 'doctor:mended' }
const edits = (path: string): Repair => {
  const target = { kind: 'file' as const, path, format: 'whole' as const, mode: 0o644, notify: [] }
  const edit: Edit = { target, owner: 'docker', key: 'content', before: 'a', after: 'b' }
  return { kind: 'edits', edits: [edit], note, safe: false }
}
const file = (path: string, admin: boolean): Change => ({
  ...{ kind: 'file', path, real: path, before: null, edits: [], notify: [], admin },
  after: { bytes: new Uint8Array(), mode: 0o644, uid: 0, gid: 0 },
})
const notice = { kind: 'notice', path: DAEMON, handler: 'docker-reload', admin: true } as const
const reload: Repair = { kind: 'changes', changes: [notice], note, safe: false }
const profile: Repair = { kind: 'profile', profile: { version: 1 }, note, safe: false }

const BROKEN = 'docker.daemon-json-broken-0a1b2c3d'
const STALE = 'docker.mirrors-stale-0a1b2c3d'
const asked = (repairs: readonly (readonly [string, Repair])[], changes: readonly Change[]) =>
  choicesForRepairs(
    repairs.map(([id, repair]) => ({ id, repair })),
    changes,
  )?.repairs ?? null

test('the helper gets the ids of those repairs that need it, and of no others', () => {
  const changes = [file(GOENV, false), file(DAEMON, true), notice]
  const repairs = [
    ['go.flags-broken-0a1b2c3d', edits(GOENV)],
    [BROKEN, edits(DAEMON)],
    [STALE, reload],
  ] as const
  expect(asked(repairs, changes)).toEqual([BROKEN, STALE])
  expect(asked([[BROKEN, edits(DAEMON)]], [file(DAEMON, false)])).toBeNull()
})

test('one that it would refuse is none of its own', () => {
  const changes = [file(DAEMON, true), notice]
  expect(asked([['docker.other-0a1b2c3d', edits(DAEMON)]], changes)).toBeNull()
  expect(asked([['', reload]], changes)).toBeNull()
  // Another repair has written the same file.
  expect(
    asked(
      [
        [BROKEN, edits(DAEMON)],
        ['go.flags-broken-0a1b2c3d', edits(DAEMON)],
      ],
      changes,
    ),
  ).toBeNull()
  expect(
    asked(
      [
        [BROKEN, edits(DAEMON)],
        ['docker.daemon-json-value-0a1b2c3d', profile],
      ],
      changes,
    ),
  ).toBeNull()
  const many = Array.from({ length: 9 }, (_, at) => [`docker.mirrors-stale-0a1b2c3d-${at + 2}`, reload] as const)
  expect(asked(many, changes)).toBeNull()
  expect(asked(many.slice(1), changes)).toHaveLength(8)
})
