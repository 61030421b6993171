import { programAt } from '../../../settings/find-program.ts'
import type { GoTool } from '../../../settings/why/go-below.ts'
import type { DoctorContext, Found } from '../../check.ts'
import { foundValue } from './finding.ts'
import { type GoValue, goValue, placesWhere } from './values.ts'

/** A GOROOT of a Go that is gone, or of another one than the go that runs with it. */
export async function leftOverRoot(context: DoctorContext, tools: readonly GoTool[]): Promise<readonly Found[]> {
  const [value, path] = await Promise.all([goValue(context, 'GOROOT'), goValue(context, 'PATH')])
  const wrong = new Map<string, string>()
  for (const { context: where, value: root } of value.outcomes) {
    if (root === null || root === '') continue
    const cause = await wrongRoot(context, root, goOf(path, where), tools)
    if (cause !== null) wrong.set(root, cause)
  }
  const stand = placesWhere(value, (root) => wrong.has(root)).filter(({ wins }) => wins)
  if (stand.length === 0) return []
  const [go] = tools
  const values = { own: go?.root ?? '', path: go?.path ?? '' }
  const evidence = [...new Set(wrong.values())]
  const told = { code: 'go.goroot-left', severity: 'error', value, wrong: stand, plainlyBroken: true } as const
  return [foundValue(context, { ...told, values, evidence })]
}

/** The folders of PATH in a kind of program; none where they are not known. */
const goOf = (path: GoValue, where: string): readonly string[] =>
  path.outcomes.find(({ context }) => context === where)?.value?.split(':') ?? []

/** Why a GOROOT cannot be meant; null: it can, or nobody knows. */
async function wrongRoot(
  { sys }: DoctorContext,
  root: string,
  folders: readonly string[],
  tools: readonly GoTool[],
): Promise<string | null> {
  const real = (path: string): Promise<string> => sys.resolve(path).catch(() => path)
  const at = await real(root)
  if ((await sys.lstat(at).catch(() => null)) === null) return `${root}: ENOENT`
  for (const folder of folders) {
    const program = folder.startsWith('/') ? await programAt(sys, `${folder}/go`) : null
    if (program === null) continue
    if (program === (await programAt(sys, `${root}/bin/go`))) return null
    const reals = await Promise.all(tools.map((one) => real(one.path)))
    const tool = tools[reals.indexOf(program)]
    return tool === undefined || (await real(tool.root)) === at ? null : `${root}: ${tool.path} has ${tool.root}`
  }
  return null
}
