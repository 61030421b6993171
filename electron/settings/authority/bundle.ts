import { rootCertificates } from 'node:tls'
import type { Note } from '../../contract/note.ts'
import type { Edit, FormatId, Value } from '../../contract/plan.ts'
import type { Profile } from '../../contract/profile.ts'
import { CodedError } from '../../core/errors.ts'
import { isAbsolute, under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Format } from '../../core/setting.ts'
import type { Reader } from '../../core/system.ts'
import { npmrcFormat } from '../npm/text.ts'
import { pipConfFormat } from '../pip/text.ts'
import { readKeys, readOrNull } from '../read-keys.ts'
import { textOf, wholeEdit } from './certs-d.ts'
import { holdsAll } from './pem-blocks.ts'
import { wantedFor } from './wanted.ts'

/** A tool that reads the authorities it believes from one file, which takes the place of those it brings. */
export type BundleTool = 'npm' | 'pip'

const KEYS = { npm: 'cafile', pip: 'global.cert' } as const
const BASE = '# GoReady base: '
/** In place of a file: the authorities that Node brings. */
const DEFAULT = 'default'

/** Our file for a tool: all that it believed before, and what a profile adds. */
export const bundlePath = (places: Places, tool: BundleTool): string =>
  under(places.config, 'authorities', `${tool}.pem`)

/**
 * Makes npm or pip believe an authority besides those that they believe anyway. npm's `cafile` and pip's `cert`
 * name the only authorities that count (docs.npmjs.com config `cafile`; pip `--cert`), so the file they are given holds
 * the public ones as well: without them the public registries would be lost.
 */
export async function forBundle(
  tool: BundleTool,
  profile: Profile,
  places: Places,
  sys: Reader,
): Promise<{ edits: readonly Edit[]; notes: readonly Note[] }> {
  const wanted = await wantedFor(profile, [tool], sys)
  if (wanted.length === 0) return { edits: [], notes: [] }
  const notes = wanted.map(({ facts }): Note => ({ key: `setting:authority.${tool}`, values: facts }))
  const { path: config, format, mode } = configOf(tool, places)
  const before = readKeys(format, config, await readOrNull(sys, config)).get(KEYS[tool]) ?? null
  const bundle = bundlePath(places, tool)
  const now = await baseOf(sys, places, before, bundle)
  const texts = wanted.map(({ text }) => text)
  // What tools trust already stays as it is, whoever has made the file.
  if (now.text !== null && texts.every((text) => holdsAll(now.text ?? '', text))) return { edits: [], notes }
  const base = now.base === DEFAULT ? rootCertificates.join('\n') : ((await textOf(sys, now.base)) ?? '')
  const whole = [`${BASE}${now.base}`, ...texts.map((text) => text.trimEnd()), base.trimEnd(), ''].join('\n')
  const file = await wholeEdit(sys, bundle, whole)
  const edits: Edit[] = file === null ? [] : [file]
  if (before !== bundle)
    edits.push({
      target: { kind: 'file', path: config, format: format.id, mode, notify: [] },
      ...{ owner: 'authority', key: KEYS[tool], before, after: bundle },
    })
  return { edits, notes }
}

/** What a tool believes now, and what a new file of ours is made of. */
async function baseOf(
  sys: Reader,
  places: Places,
  named: Value,
  bundle: string,
): Promise<{ text: string | null; base: string }> {
  if (typeof named !== 'string' || named === '') return { text: null, base: DEFAULT }
  const path = spelledOut(named, places)
  const text = isAbsolute(path) ? await textOf(sys, path) : null
  // A file that is not there is passed over by npm, and keeps pip from everything.
  if (text === null) return { text, base: DEFAULT }
  if (path !== bundle) return { text, base: path }
  const base = text.startsWith(BASE) ? text.slice(BASE.length, text.indexOf('\n')) : DEFAULT
  return { text, base: base === bundle ? DEFAULT : base }
}

/** Both tools know the home by a name, which is how it stands in homes that were copied from a skeleton. */
const spelledOut = (named: string, { home }: Places): string => named.replace(/^\$\{HOME\}|^~(?=\/)/, () => home)

/** The file of a tool that names the bundle, as the person's own. */
function configOf(tool: BundleTool, places: Places): { path: string; format: Format & { id: FormatId }; mode: number } {
  if (tool === 'npm') return { path: places.npm.userconfig, format: npmrcFormat, mode: 0o600 }
  const path = places.pip.user.at(-1)
  if (path === undefined) throw new CodedError('setting-not-effective', { setting: 'pip' }, 'PIP_CONFIG_FILE')
  return { path, format: pipConfFormat, mode: 0o644 }
}

/** Whether the tool's own file leads to a file that holds all that a profile wants. */
export async function holdsBundle(
  tool: BundleTool,
  texts: readonly string[],
  places: Places,
  sys: Reader,
): Promise<boolean> {
  const { path, format } = configOf(tool, places)
  const named = readKeys(format, path, await readOrNull(sys, path)).get(KEYS[tool])
  const text = typeof named === 'string' ? await textOf(sys, spelledOut(named, places)) : null
  return text !== null && texts.every((one) => holdsAll(text, one))
}
