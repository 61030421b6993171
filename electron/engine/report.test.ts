import { expect, test } from 'vitest'
import { z } from 'zod'
import type { CheckUp, FoundView } from '../contract/doctor.ts'
import { openText } from '../cli/text.ts'
import { aMachine } from '../../renderer/store/test-machine.ts'
import { makeReport } from './report.ts'

const found: FoundView = {
  id: 'go.env-bom@/home/chen/.config/go/env',
  code: 'go.env-bom',
  category: 'go',
  severity: 'error',
  subject: '/home/chen/.config/go/env',
  values: { subject: '/home/chen/.config/go/env', name: 'GOPROXY' },
  evidence: ['1: GOPROXY=https://proxy.school.example `x`\nand 10.20.30.40'],
  ladder: [{ rung: 'dns', state: 'ok', detail: 'proxy.school.example 10.20.30.40' }],
  repairs: [],
  muted: false,
}
const checkUp: CheckUp = {
  verdict: 'broken',
  checks: [{ id: 'go.env-file', category: 'go', state: 'error', ms: 3.4, found: [found], facts: [], offers: [] }],
  findings: [found],
  ms: 10,
  at: '2026-11-30T00:00:00.000Z',
}

async function report(known: readonly string[] = []) {
  const machine = aMachine()
  machine.user.home = '/home/chen'
  machine.docker.endpoint = 'unix:///tmp/docker.sock'
  machine.sources = { go: ['https://chen:pass@proxy.school.example/go', 'https://goproxy.cn'] }
  machine.proxies = [
    { name: 'https_proxy', value: 'http://gate.school.example:3128', from: 'environment', loopback: false },
  ]
  const runs = [
    {
      id: 'r',
      startedAt: '2026-11-29',
      status: 'applied' as const,
      changed: true,
      files: [{ path: '/home/chen/.bashrc', action: 'modify' as const }],
      image: null,
      choices: [],
      why: null,
      squashed: null,
      receipt: null,
      module: null,
    },
  ]
  return makeReport({ machine, checkUp, runs, home: '/home/chen', known }, await openText('en'))
}

test('neither form tells the account, its home, a password, a private host or address', async () => {
  for (const text of Object.values(await report())) {
    expect(text).not.toMatch(/chen|pass@|school|10\.20/)
    expect(text).toContain('goproxy.cn')
    expect(text).toContain('go.env-bom')
  }
})

test('the JSON is JSON, and says of a host what the Markdown says', async () => {
  const { markdown, json } = await report()
  const read = z
    .object({ verdict: z.string(), machine: z.object({ sources: z.record(z.string(), z.array(z.string())) }) })
    .parse(JSON.parse(json))
  expect(read.verdict).toBe('broken')
  // The path of a socket is no host.
  expect(json).toContain('unix:///tmp/docker.sock')
  const [word] = /private-host-\d/.exec(read.machine.sources['go']?.[0] ?? '') ?? []
  expect(word).toBeDefined()
  expect(markdown).toContain(`1: GOPROXY=https://${word}`)
})

test('a mirror that everybody knows is told, one of the person’s own is not', async () => {
  const { markdown } = await report(['https://proxy.school.example/go'])
  expect(markdown).toContain('proxy.school.example')
  expect(markdown).not.toContain('gate.school')
})

test('evidence cannot leave its line', async () => {
  const { markdown } = await report()
  expect(markdown.split('\n').filter((line) => line.startsWith('  - `'))).toHaveLength(1)
})

test('what a file or a server has said is no Markdown, and steers no terminal', async () => {
  const nasty = 'a\n# b\r![x](https://evil.example/p)<img src=x>\u001b[2J\u009b2J\u202e'
  const one: FoundView = {
    ...found,
    subject: nasty,
    values: { subject: nasty, name: nasty, line: 1 },
    evidence: [nasty],
  }
  const machine = aMachine()
  machine.proxies = [{ name: 'https_proxy', value: nasty, from: 'environment', loopback: false }]
  const checks: CheckUp['checks'] = [
    { id: 'go.env-file', category: 'go', state: 'error', ms: 1, found: [one], facts: [], offers: [] },
  ]
  const looked = { ...checkUp, checks, findings: [one] }
  const { markdown, json } = makeReport(
    { machine, checkUp: looked, runs: [], home: '/home/chen', known: [] },
    await openText('en'),
  )
  expect(markdown).not.toMatch(/^# b|!\[x\]\(|<img/m)
  for (const text of [markdown, json])
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  expect(JSON.parse(json)).toMatchObject({
    checks: [{ found: [{ evidence: [expect.stringContaining('\u001b[2J')] }] }],
  })
})
