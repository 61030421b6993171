import { expect, test } from 'vitest'
import type { SeatReport } from '../contract/classroom.ts'
import { openText } from '../cli/text.ts'
import { reasonOf } from './reasons.ts'
import { reportOf } from './reports.ts'

const told: SeatReport = {
  version: 1,
  seat: 'pc1',
  at: '2026-11-30T08:00:00Z',
  state: 'unreachable',
  step: null,
  changed: null,
  program: null,
  go: null,
  run: null,
  seconds: null,
  verdict: null,
  findings: [],
  error: null,
  cause: null,
}

// What ssh, Ansible, Python and sudo said on a lab.
test.each([
  ['ssh: connect to host 10.9.0.7 port 22: Connection refused', 'refused'],
  ['Failed to connect to the host via ssh: ssh: connect to host 10.9.0.7 port 22: No route to host', 'no-route'],
  ['ssh: connect to host 10.9.0.7 port 22: Connection timed out', 'no-answer'],
  ['Connection timed out during banner exchange\r\nConnection to 10.9.0.7 port 22 timed out', 'no-answer'],
  [
    '@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@\r\nHost key verification failed.',
    'host-key',
  ],
  ['ann@10.9.0.7: Permission denied (publickey,password).', 'denied'],
  ['ssh: Could not resolve hostname pc77: Name or service not known', 'no-name'],
  ['kex_exchange_identification: read: Connection reset by peer', 'cut-off'],
  ['/bin/sh: 1: /usr/bin/python3: not found', 'no-python'],
  ["/usr/bin/env: 'python3': No such file or directory", 'no-python'],
  ['sudo: a password is required', 'sudo-password'],
  ['Missing sudo password', 'sudo-password'],
  [
    "FileNotFoundError: [Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/root']",
    'disk-full',
  ],
  ['OSError: [Errno 28] No space left on device', 'disk-full'],
  ["goready: the program can't be started: No such file or directory", 'no-program'],
  ['The action failed to execute in the expected time frame (900) and was terminated', 'late'],
])('%s', (cause, key) => {
  expect(reasonOf({ ...told, cause })).toEqual({ key: `room:reason.${key}`, values: {} })
})

test('a code comes before words, words before findings, the gravest finding first', async () => {
  const finding = { severity: 'warning' as const, subject: 'x', values: {} }
  const error = { code: 'no-space' as const, values: { path: '/home/ann/.config/go/env' } }
  expect(reasonOf({ ...told, state: 'failed', error })?.key).toBe('error:no-space.what')
  const findings = [
    { ...finding, code: 'go.too-old' },
    { ...finding, code: 'docker.not-running', severity: 'error' as const },
  ]
  expect(reasonOf({ ...told, state: 'failed', findings })?.key).toBe('doctor-docker:not-running.what')
  expect(reasonOf({ ...told, state: 'failed', cause: 'x\nsome Error\ny' })).toEqual({
    key: 'room:reason.said',
    values: { text: 'some Error' },
  })
  expect(reasonOf({ ...told, state: 'well', cause: 'x' })).toBeNull()
  const text = await openText('zh-CN')
  expect(text.note({ key: 'room:reason.refused' })).toMatch(/ssh/)
})

test('a report that is none, or of another seat, is none', () => {
  const plain = JSON.parse(JSON.stringify(told))
  expect(reportOf(plain, 'pc1')).toEqual(told)
  expect(reportOf(plain, 'PC1')?.seat).toBe('PC1')
  expect(reportOf(plain, 'pc2')).toBeNull()
  for (const value of [
    null,
    [],
    'x',
    { ...plain, state: 'glad' },
    { ...plain, findings: 'none' },
    { ...plain, cause: 'x'.repeat(3000) },
  ])
    expect(reportOf(value, 'pc1')).toBeNull()
  expect(
    reportOf({ ...plain, at: 'yesterday', cause: 'proxy https://ann:secret@proxy.example.com' }, 'pc1'),
  ).toMatchObject({
    at: '1970-01-01T00:00:00.000Z',
    cause: expect.not.stringContaining('secret'),
  })
})
