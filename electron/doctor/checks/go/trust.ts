import { splitGoProxy } from '../../../contract/grammar.ts'
import { readSumdb } from '../../../mirrors/trust/sumdb.ts'
import { asksThirdParty, isUnsafeGo } from '../../../settings/go/old-go.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { firstGo } from './first-go.ts'
import { foundValue } from './finding.ts'
import { privateGap } from './private.ts'
import { counting, type GoValue, goValue, placesWhere } from './values.ts'

/** Whether what `go` downloads is still checked against the checksum database. */
export const goTrustCheck: DoctorCheck = {
  id: 'go.trust',
  category: 'go',
  deadline: 7000,
  codes: ['go.sumdb-off', 'go.sumdb-unknown', 'go.nosumdb-all', 'go.insecure', 'go.nosumdb-missing', 'go.too-old'],
  explains: ['go-checksum', 'go-sumdb', 'go-private'],
  async check(context) {
    const names = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GONOPROXY', 'GOINSECURE'] as const
    const [proxy, sumdb, noSumdb, priv, noProxy, insecure] = await Promise.all(
      names.map((name) => goValue(context, name)),
    )
    if (!proxy || !sumdb || !noSumdb || !priv || !noProxy || !insecure) return { found: [] }
    const third = counting(proxy).some(asksThirdParty)
    const off = switchedOff(context, sumdb, { third, own: counting(proxy).every(isOwnDisk) })
    const all = everything(context, noSumdb, third)
    const gap = off.length + all.length > 0 ? [] : privateGap(context, { noProxy, noSumdb, priv })
    return {
      found: [
        ...off,
        ...unknownDatabase(context, sumdb),
        ...all,
        ...overHttp(context, insecure),
        ...gap,
        ...(await tooOld(context, proxy)),
      ],
    }
  },
}

/** Modules that come from this machine's own disk were checked when they came onto it. */
const isOwnDisk = (list: string): boolean =>
  splitGoProxy(list).every(({ value }) => value === 'off' || value.startsWith('file:'))

/** A proxy of somebody else's could then serve anything. */
function switchedOff(
  context: DoctorContext,
  value: GoValue,
  { third, own }: { third: boolean; own: boolean },
): readonly Found[] {
  const wrong = placesWhere(value, (text) => text.trim() === 'off').filter(({ wins }) => wins)
  if (wrong.length === 0 || own) return []
  const severity = third ? 'error' : 'warning'
  return [foundValue(context, { code: 'go.sumdb-off', severity, value, wrong, plainlyBroken: false })]
}

function unknownDatabase(context: DoctorContext, value: GoValue): readonly Found[] {
  const unknown = (text: string): boolean => text.trim() !== 'off' && readSumdb(text) === null
  const wrong = placesWhere(value, unknown).filter(({ wins }) => wins)
  if (wrong.length === 0) return []
  return [foundValue(context, { code: 'go.sumdb-unknown', severity: 'error', value, wrong, plainlyBroken: true })]
}

/** A pattern that every module path matches; `go` tries it on as many parts of the path as it has itself. */
const matchesAll = (patterns: string): boolean => patterns.split(',').some((one) => /^\*+$/.test(one.trim()))

function everything(context: DoctorContext, value: GoValue, third: boolean): readonly Found[] {
  const wrong = placesWhere(value, matchesAll).filter(({ wins }) => wins)
  if (wrong.length === 0) return []
  const severity = third ? 'error' : 'warning'
  return [foundValue(context, { code: 'go.nosumdb-all', severity, value, wrong, plainlyBroken: false })]
}

function overHttp(context: DoctorContext, value: GoValue): readonly Found[] {
  const wrong = placesWhere(value, matchesAll).filter(({ wins }) => wins)
  if (wrong.length === 0) return []
  return [foundValue(context, { code: 'go.insecure', severity: 'warning', value, wrong, plainlyBroken: false })]
}

/** The go that runs lets a malicious proxy get around the checksum database (CVE-2026-42501). */
async function tooOld(context: DoctorContext, proxy: GoValue): Promise<readonly Found[]> {
  const go = await firstGo(context, 5000)
  const list = counting(proxy).find(asksThirdParty)
  if (go === null || list === undefined || !isUnsafeGo(go.version)) return []
  const values = { path: go.path, version: go.version.replace(/^go/, ''), proxy: list }
  return [
    {
      code: 'go.too-old',
      severity: 'warning',
      subject: go.path,
      values,
      evidence: [`${go.path} ${go.version}`, `GOPROXY=${list}`],
    },
  ]
}
