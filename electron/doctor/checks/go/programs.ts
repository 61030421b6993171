import { compareGo } from '../../../docker/tag-grammar.ts'
import { findPrograms } from '../../../settings/find-program.ts'
import { askGo } from '../../../settings/go/ask-go.ts'
import { ownFiles } from '../../../settings/shell/families.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { GoTool } from '../../../settings/why/go-below.ts'
import type { Checked, DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { firstGo } from './first-go.ts'
import { leftOverRoot } from './root.ts'

/** Which go wins in PATH, and whether GOROOT means another one. Several side by side are nothing wrong. */
export const goProgramsCheck: DoctorCheck = {
  id: 'go.programs',
  category: 'go',
  deadline: 7000,
  codes: ['go.path-order', 'go.path-broken', 'go.goroot-left'],
  explains: ['go-goroot', 'go-too-old', 'go-mod-newer', 'go-not-std'],
  async check(context, signal) {
    const tools = await context.facts.goTools()
    const first = await firstGo(context)
    const broken = await brokenFirst(context, tools, signal)
    const order = broken === null && first !== null ? await orderOf(context, tools, first) : null
    // A GOROOT that means the newer go, which the older one hides, is the same story.
    const root = order === null && broken === null ? await leftOverRoot(context, tools) : []
    return {
      found: [...(broken ?? []), ...(order ?? []), ...root],
      facts: tools.map(({ path, version }, index) => ({
        key: `doctor-go:fact.${index === 0 ? 'runs' : 'other'}`,
        values: { path, version: plain(version) },
      })),
    } satisfies Checked
  },
}

const plain = (version: string): string => version.replace(/^go/, '')

/** The first go of PATH does not even answer, and another one does. */
async function brokenFirst(
  { sys, places }: DoctorContext,
  tools: readonly GoTool[],
  signal: AbortSignal,
): Promise<readonly Found[] | null> {
  const [path] = await findPrograms(sys, places, 'go', [])
  if (path === undefined || tools.some((one) => one.path === path)) return null
  const [other] = tools
  // A file that says nothing to `go version` may also have been slow: asked again, alone.
  const options = { timeout: 2000, signal }
  const answer = await askGo(sys, places, [path, 'version'], options).catch((error: unknown) => String(error))
  signal.throwIfAborted()
  if (typeof answer !== 'string' && (answer.code === null || answer.stdout.startsWith('go version '))) return null
  const evidence = [typeof answer === 'string' ? answer : `${answer.code}: ${answer.stderr.trim().slice(0, 300)}`]
  const values = { path, other: other?.path ?? '', version: plain(other?.version ?? '') }
  return [{ code: 'go.path-broken', severity: 'error', subject: path, values, evidence }]
}

const SYSTEM = /^\/(?:usr\/)?(?:bin|lib|sbin)\/|^\/snap\//

/** An old go of the distribution in front of a newer one that somebody put there on purpose. */
async function orderOf(
  context: DoctorContext,
  tools: readonly GoTool[],
  first: GoTool,
): Promise<readonly Found[] | null> {
  if (!SYSTEM.test(first.path)) return null
  const newer = tools
    .filter(({ path, version }) => !SYSTEM.test(path) && compareGo(plain(version), plain(first.version)) > 0)
    .toSorted((a, b) => compareGo(plain(b.version), plain(a.version)))[0]
  if (newer === undefined) return null
  const folder = newer.path.replace(/\/go$/, '')
  // A terminal that is opened from now on finds the other one.
  if (await isOurs(context, folder)) return null
  const repair: Repair = {
    kind: 'profile',
    profile: { version: 1, env: { path: [folder] } },
    note: { key: 'doctor-go:repair.path', values: { folder } },
    safe: false,
  }
  const values = { path: first.path, version: plain(first.version), other: newer.path, newer: plain(newer.version) }
  const evidence = tools.map(({ path, version }) => `${path} ${version}`)
  return [{ code: 'go.path-order', severity: 'warning', subject: first.path, values, evidence, repairs: [repair] }]
}

/** Whether our own env file puts a folder in front of PATH. */
async function isOurs({ sys, places }: DoctorContext, folder: string): Promise<boolean> {
  for (const { path, format } of ownFiles(places, 'user')) {
    try {
      const keys = format.read(await readOrNull(sys, path))
      if ([...keys.keys()].some((key) => key.replace(/^path:~\//, `path:${places.home}/`) === `path:${folder}`))
        return true
    } catch {
      // Damaged: whoever edits it says so.
    }
  }
  return false
}
