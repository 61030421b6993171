import { isAbsolute, under } from '../../../core/paths.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { firstGo } from './first-go.ts'
import { foundValue } from './finding.ts'
import { counting, type GoValue, goValue, placesWhere } from './values.ts'

/** Whether GOPATH and GOBIN are folders that `go` takes (golang/go cmd/go/main.go, go/internal/modload). */
export const goPathCheck: DoctorCheck = {
  id: 'go.gopath',
  category: 'go',
  deadline: 5000,
  codes: ['go.gopath-relative', 'go.gobin-relative', 'go.gopath-root', 'go.gopath-module'],
  explains: ['go-gopath-relative', 'go-gopath-module'],
  async check(context) {
    const [path, bin] = await Promise.all([goValue(context, 'GOPATH'), goValue(context, 'GOBIN')])
    return {
      found: [
        ...relative(context, path, 'go.gopath-relative'),
        ...relative(context, bin, 'go.gobin-relative'),
        ...(await sameAsRoot(context, path)),
        ...(await withModule(context, path)),
      ],
    }
  },
}

const entriesOf = ({ places }: DoctorContext, list: string): readonly string[] =>
  list.split(places.platform === 'win32' ? ';' : ':').filter((entry) => entry !== '')

/** `~` stays as it is in the GOENV file: no shell has replaced it. */
function relative(context: DoctorContext, value: GoValue, code: string): readonly Found[] {
  const isWrong = (list: string): boolean => entriesOf(context, list).some((entry) => !isAbsolute(entry))
  const wrong = placesWhere(value, isWrong).filter(({ wins }) => wins)
  return wrong.length === 0 ? [] : [foundValue(context, { code, severity: 'error', value, wrong, plainlyBroken: true })]
}

async function sameAsRoot(context: DoctorContext, value: GoValue): Promise<readonly Found[]> {
  const { sys } = context
  const real = (path: string): Promise<string> => sys.resolve(path).catch(() => path)
  const go = await firstGo(context, 3000)
  const root = go === null ? null : await real(go.root)
  const same = new Set<string>()
  for (const list of counting(value)) if ((await real(list.replace(/\/+$/, ''))) === root) same.add(list)
  const wrong = placesWhere(value, (list) => same.has(list)).filter(({ wins }) => wins)
  return wrong.length === 0
    ? []
    : [foundValue(context, { code: 'go.gopath-root', severity: 'warning', value, wrong, plainlyBroken: true })]
}

/** With a go.mod right in GOPATH `go` ends with "$GOPATH/go.mod exists but should not". */
async function withModule(context: DoctorContext, value: GoValue): Promise<readonly Found[]> {
  const { sys, places } = context
  const lists = counting(value)
  // Without a go nobody says what the default is.
  const known = lists.length > 0 ? lists : [under(places.home, 'go')]
  const folders = new Set(known.flatMap((list) => entriesOf(context, list).slice(0, 1)))
  const found: Found[] = []
  for (const folder of folders) {
    const path = under(folder, 'go.mod')
    const stat = isAbsolute(folder) ? await sys.lstat(path).catch(() => null) : null
    if (stat === null || stat.kind === 'dir') continue
    const { size: bytes, mtimeMs } = stat
    const tree = { kind: 'tree' as const, path, bytes, mtimeMs, final: false, admin: false }
    const note = { key: 'doctor-go:repair.module', values: { path } }
    found.push({
      code: 'go.gopath-module',
      severity: 'error',
      subject: path,
      values: { folder },
      repairs: [{ kind: 'changes', changes: [tree], note, safe: false }],
    })
  }
  return found
}
