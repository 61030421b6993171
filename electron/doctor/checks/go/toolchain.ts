import type { Edit } from '../../../contract/plan.ts'
import { compareGo, minorOf } from '../../../docker/tag-grammar.ts'
import type { GoTool } from '../../../settings/why/go-below.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { firstGo } from './first-go.ts'
import { foundValue } from './finding.ts'
import { goProject, type Project } from './project.ts'
import { counting, type GoValue, goValue, placesWhere } from './values.ts'

/** The first Go that can take another one for a project that asks for it. */
const SWITCHES = '1.21'

/** Whether GOTOOLCHAIN can be read, and whether the go that runs is new enough for the project's go.mod. */
export const goToolchainCheck: DoctorCheck = {
  id: 'go.toolchain',
  category: 'go',
  deadline: 7000,
  codes: ['go.toolchain', 'go.toolchain-bad'],
  explains: ['go-too-old', 'go-mod-newer', 'go-toolchain-bad', 'go-toolchain-missing'],
  async check(context) {
    const [value, go, project] = await Promise.all([
      goValue(context, 'GOTOOLCHAIN'),
      firstGo(context),
      goProject(context),
    ])
    const bad = malformed(context, value, go)
    if (bad.length > 0 || go === null || project === null) return { found: bad }
    return { found: tooNew(context, value, go, project) }
  },
}

/** golang/go cmd/go/internal/toolchain `Select` and internal/gover `FromToolchain`. */
const WORD = /^(?:local|auto|path|(?:local|default|go1(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?(?:-\S+)?)(?:\+(?:auto|path))?)$/

function malformed(context: DoctorContext, value: GoValue, go: GoTool | null): readonly Found[] {
  const wrong = placesWhere(value, (text) => !WORD.test(text)).filter(({ wins }) => wins)
  if (wrong.length === 0) return []
  // An older go does not know the variable, but the one in a container does.
  const severity = go === null || compareGo(plain(go.version), SWITCHES) >= 0 ? 'error' : 'warning'
  return [foundValue(context, { code: 'go.toolchain-bad', severity, value, wrong, plainlyBroken: true })]
}

const plain = (version: string): string => version.replace(/^go/, '')

function tooNew(context: DoctorContext, value: GoValue, go: GoTool, { path, go: needs }: Project): readonly Found[] {
  const has = plain(go.version)
  if (needs === null || compareGo(has, needs) >= 0) return []
  const switches = compareGo(has, SWITCHES) >= 0
  const stays = switches ? counting(value).find((text) => !reaches(text, needs)) : undefined
  if (switches && stays === undefined) return []
  const values = { path: go.path, version: has, needs, minor: minorOf(needs) ?? needs, value: stays ?? '' }
  const evidence = [
    `${path}: go ${needs}`,
    `${go.path}: ${has}`,
    ...(stays === undefined ? [] : [`GOTOOLCHAIN=${stays}`]),
  ]
  // Up to 1.20 a line without a patch number is only a remark of the compiler's.
  const severity = switches || /^1\.\d+[.r]/.test(needs) ? 'error' : 'warning'
  const repairs = stays === undefined ? [] : automatic(context, value)
  return [{ code: 'go.toolchain', severity, subject: path, values, evidence, repairs }]
}

/** Whether a value of GOTOOLCHAIN leads to a Go that is new enough. What only PATH knows counts as yes. */
function reaches(value: string, needs: string): boolean {
  if (value === 'auto' || value === 'path' || /\+(?:auto|path)$/.test(value)) return true
  const named = /^go(\S+?)(?:-\S+)?$/.exec(value)?.[1]
  return named !== undefined && compareGo(named, needs) >= 0
}

/** `auto` in the GOENV file, where that file or the distribution's own says otherwise. */
function automatic({ places }: DoctorContext, { outcomes }: GoValue): readonly Repair[] {
  const kinds = outcomes.flatMap(({ place }) => (place === null ? [] : [place.kind]))
  if (places.goenv === null || kinds.some((kind) => !['goenv', 'goroot', 'default'].includes(kind))) return []
  const before = outcomes.find(({ place }) => place?.kind === 'goenv')?.value ?? null
  const edit: Edit = {
    target: { kind: 'file', path: places.goenv, format: 'goenv', mode: 0o644, notify: [] },
    owner: 'go',
    key: 'GOTOOLCHAIN',
    before,
    after: 'auto',
  }
  return [{ kind: 'edits', edits: [edit], note: { key: 'doctor-go:repair.toolchain' }, safe: false }]
}
