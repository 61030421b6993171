import type { CheckUp, CheckView, FoundView, RepairView } from '../../electron/contract/doctor.ts'
import type { Played } from './played-doctor.ts'

const GOENV = '/home/chen/.config/go/env'

const repair = (id: string, key: string, more: Partial<RepairView> = {}): RepairView => ({
  id,
  note: {
    key: `doctor-go:repair.${key}`,
    values: { name: 'GOSUMDB', where: GOENV, value: 'git.example.edu', path: '/home/chen/go.mod' },
  },
  safe: true,
  final: false,
  dockerHelp: false,
  ...more,
})
const found = (code: string, more: Partial<FoundView> = {}): FoundView => ({
  id: `${code}@${more.subject ?? GOENV}`,
  code,
  category: 'go',
  severity: 'error',
  subject: GOENV,
  evidence: ['1: GOPROXY'],
  repairs: [],
  muted: false,
  ...more,
  values: { subject: more.subject ?? GOENV, name: 'GOPROXY', names: 'GOPROXY', where: GOENV, ...more.values },
})

const day = (at: string) => `${at}T00:00:00.000Z`
const certificate = (subject: string, issuer: string) => ({
  subject,
  issuer,
  from: day('2025-11-01'),
  until: day('2026-11-27'),
  names: ['goproxy.example.cn', '*.goproxy.example.cn'],
  fingerprint: Array.from({ length: 32 }, (_, index) => (index * 7).toString(16).padStart(2, '0'))
    .join(':')
    .toUpperCase(),
  key: 'EC P-256',
})

/** Every part that a finding can have. */
const FINDINGS: readonly FoundView[] = [
  found('go.env-bom', {
    repairs: [repair('a', 'bom'), repair('b', 'noSumdb', { safe: false })],
    ladder: [
      { rung: 'form', state: 'ok', detail: 'https://goproxy.example.cn' },
      { rung: 'dns', state: 'ok', detail: '203.0.113.7' },
      { rung: 'tcp', state: 'ok', detail: '12 ms' },
      { rung: 'proxy', state: 'skipped', detail: '' },
      { rung: 'tls', state: 'broken', detail: 'CERT_HAS_EXPIRED' },
      { rung: 'http', state: 'not-reached', detail: '' },
      { rung: 'content', state: 'not-reached', detail: '' },
    ],
    chain: [certificate('CN=goproxy.example.cn', 'CN=R11, O=Let’s Encrypt'), certificate('CN=R11', 'CN=ISRG Root X1')],
  }),
  found('go.env-crlf', { repairs: [repair('c', 'cr')] }),
  found('go.sumdb-off', { severity: 'warning', repairs: [repair('d', 'remove', { safe: false })] }),
  found('go.env-utf16', { severity: 'warning', subject: '/home/chen/other' }),
  found('go.module-off', { severity: 'info', subject: '/home/chen/third' }),
  found('go.env-bom', { severity: 'warning', subject: '/home/chen/fourth', muted: true }),
]

const CATEGORIES = ['network', 'certificate', 'docker', 'go', 'cache', 'files', 'packages'] as const
const checks: readonly CheckView[] = CATEGORIES.flatMap((category) =>
  [1, 2, 3].map((number): CheckView => {
    const mine = category === 'go' && number === 1 ? FINDINGS : []
    const late = category === 'network' && number === 3
    return {
      id: `${category}.check-${number}`,
      category,
      state: mine.length > 0 ? 'error' : late ? 'late' : category === 'packages' ? 'absent' : 'ok',
      ms: 12,
      found: [...mine],
      facts:
        category === 'go' && number === 2
          ? [{ key: 'doctor-go:fact.runs', values: { version: '1.26.5', path: '/usr/local/go/bin/go' } }]
          : [],
      offers: category === 'cache' && number === 1 ? [repair('e', 'folder', { safe: false, final: true })] : [],
    }
  }),
)

const DIFF = `--- ${GOENV}
+++ ${GOENV}
@@ -1,2 +1,2 @@
-\ufeffGOPROXY=https://goproxy.cn|direct
+GOPROXY=https://goproxy.cn|direct
 GOFLAGS=-mod=mod
`

/** Everything that the page can show, at once. `stuck`: the checks of one category never end. */
export function playedFindings(stuck: boolean): Played {
  const checkUp: CheckUp = {
    verdict: 'broken',
    checks: [...checks],
    findings: [...FINDINGS],
    ms: 1840,
    at: day('2026-11-30'),
  }
  const plan = {
    id: 'played',
    changed: true,
    image: null,
    changes: [
      {
        ...{ kind: 'file' as const, path: GOENV, real: null, action: 'modify' as const },
        ...{ keys: [], diff: DIFF, notify: [], admin: false },
      },
      { kind: 'tree' as const, path: '/home/chen/go/pkg/mod/cache', bytes: 2_400_000_000, final: true, admin: false },
    ],
    choices: [{ key: 'doctor-go:repair.bom' }, { key: 'doctor-go:repair.cr' }],
    findings: [],
    rights: 'not-needed' as const,
  }
  return {
    checkUp,
    plan: { plan, repairs: ['a'], later: ['c'] },
    explained: [
      {
        ...{ cause: 'go-flags', tool: 'go', values: { value: '-x' }, line: 1 },
        ...{ quote: 'go: parsing $GOFLAGS: non-flag "x"', checks: ['go.check-1'] },
      },
    ],
    markdown: '# GoReady 报告\n\n- **故障** `go.env-bom` …\n',
    stuck: stuck ? checks.filter(({ category }) => category === 'docker').map(({ id }) => id) : [],
  }
}
