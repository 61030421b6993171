import type { Override } from '../../../contract/machine.ts'
import type { Edit } from '../../../contract/plan.ts'
import { proxyOverrides } from '../../../settings/overrides/proxies.ts'
import { npmOverrides } from '../../../settings/overrides/npm.ts'
import { pipOverrides } from '../../../settings/overrides/pip.ts'
import { sameAddress } from '../../../settings/ask-tool.ts'
import type { Layer } from '../../../settings/layers.ts'
import { overrideBelow } from '../../../settings/why/override-below.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { type LastWrite, lastWrites } from './last-writes.ts'
import { leftoverFound } from './leftovers.ts'
import { spellingsFound } from './proxy-spellings.ts'
import { lineRemoval } from './line-removal.ts'

/** Places of this user that name different sources for one tool, and what switchers of sources have left. */
export const sourcesCheck: DoctorCheck = {
  id: 'files.sources',
  category: 'files',
  deadline: 4900,
  codes: ['files.sources-fight', 'files.proxies-differ', 'files.leftover-switcher'],
  explains: [],
  applies: ({ places }) => Promise.resolve(places.platform !== 'win32'),
  async check(context, signal) {
    const { sys, places, facts } = context
    const [npm, pip, shells, writes] = await Promise.all([
      facts.npm(),
      facts.pip(),
      facts.shells(),
      lastWrites(sys, places),
    ])
    // Where npm keeps what counts for all users only npm can tell, and that hides nothing of the user's.
    const quiet = { ...npm, programs: { ...npm.programs, npm: null } }
    const all = [...(await npmOverrides(sys, places, quiet, signal)), ...pipOverrides(pip)]
    const project = npm.project === null ? [] : [npm.project.npmrc.path, npm.project.yarnrc.path]
    const layers = [...npm.layers, ...pip.layers]
    const fights: Found[] = []
    for (const override of all) fights.push(...(await fightFound(context, override, layers, project, writes)))
    const proxies = await spellingsFound(context, proxyOverrides(places, shells), shells)
    return { found: [...fights, ...proxies, ...leftoverFound(npm, context)] }
  },
}

type Place = Override['layers'][number]

/** The file of a layer; null: it is none of a file. */
const pathOf = (from: string): string | null => /^(\/.*):\d+$/.exec(from)?.[1] ?? null

async function fightFound(
  context: DoctorContext,
  override: Override,
  variables: readonly Layer[],
  project: readonly string[],
  writes: ReadonlyMap<string, LastWrite>,
): Promise<readonly Found[]> {
  const { sys, places } = context
  const isOwn = (from: string): boolean => pathOf(from)?.startsWith(`${places.home}/`) === true
  // A project says what it needs; that is no fight.
  const layers = override.layers.filter(({ value, from }) => Boolean(value) && !project.includes(pathOf(from) ?? ''))
  const at = layers.findLastIndex(({ from, shell }) => shell === null && isOwn(from))
  const loser = layers[at]
  if (loser === undefined || variables.some(({ from }) => from === loser.from)) return []
  const hiders = layers.slice(0, at).filter(({ value }) => !sameAddress(value ?? '', loser.value ?? ''))
  const real = await sys.resolve(pathOf(loser.from) ?? '').catch(() => '')
  const written = [...(writes.get(real)?.keys ?? [])]
  const ours = written.some(([, value]) => typeof value === 'string' && sameAddress(value, loser.value ?? ''))
  const hider = hiders.find(({ from }) => isOwn(from)) ?? (ours ? hiders[0] : undefined)
  if (hider === undefined) return []
  const takesHider = await removalRepair(context, override, hider, variables)
  // What nobody remembers of us may be the one that is not wanted any more.
  const takesLoser = ours ? null : await removalRepair(context, override, loser, variables)
  return [
    {
      code: 'files.sources-fight',
      severity: 'warning',
      subject: loser.from,
      values: {
        tool: override.target,
        name: override.name,
        winner: hider.from,
        winnerValue: hider.value ?? '',
        loser: loser.from,
        loserValue: loser.value ?? '',
      },
      evidence: layers.map(({ from, value }) => `${from}: ${value ?? ''}`),
      repairs: [takesHider, takesLoser].filter((one) => one !== null),
    },
  ]
}

async function removalRepair(
  context: DoctorContext,
  override: Override,
  layer: Place,
  variables: readonly Layer[],
): Promise<Repair | null> {
  const variable = variables.find(({ from }) => from === layer.from)
  const edits: readonly Edit[] | null =
    variable === undefined
      ? (overrideBelow({ ...override, layers: [layer] })[0]?.removals[0]?.edits ?? null)
      : await lineRemoval(context, variable.name, layer.from)
  if (edits === null || edits.length === 0) return null
  const values = { where: layer.from, value: layer.value ?? '' }
  return { kind: 'edits', note: { key: 'doctor-files:repair.source', values }, safe: false, edits }
}
