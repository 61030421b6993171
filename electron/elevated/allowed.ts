import type { Change, Edit, FormatId } from '../contract/plan.ts'
import { checkName } from '../contract/grammar.ts'
import { folderOf } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import { type Asking, isGivenBack } from './giving-back.ts'

/**
 * All that may change with administrator rights. The helper asks this of the plan that it has made itself, and its
 * client before it asks anybody for a password. Whoever adds a setting for all users adds its files and keys here.
 */

type Files = { format: FormatId; path: RegExp; keys: RegExp }
type Allowed = {
  files: readonly Files[]
  folders: readonly RegExp[]
  repairing: Repairing | null
  /** The file that docker may be told to read anew. */
  daemon: string
}

/** A host with its port, as docker names the folder of its certificates. No folder of its own begins with a dot. */
const HOST = '[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?'
const FILE = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'
/** A variable by its name, or an entry of PATH. */
const VARIABLE = /^(var:[A-Za-z_][A-Za-z0-9_]{0,254}|path:[^\p{Cc}]{1,4096})$/u

const exactly = (path: string): string => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`)

function allowedOf(places: Places, repairing: Repairing | null): Allowed {
  const daemon = places.docker.daemonJson.system
  const certificates = `${exactly(folderOf(daemon))}/certs\\.d`
  const apt = exactly(places.apt.folder)
  const { system } = places
  const own = (format: FormatId, paths: readonly (string | null | undefined)[], keys: RegExp): Files[] =>
    paths.flatMap((path) => (path ? [{ format, path: whole(exactly(path)), keys }] : []))
  const mine = [system?.sh, system?.csh, system?.fish, system?.powershell, system?.environmentD, system?.launchAgent]
  // A text that does not parse is mended as a whole, and a value of any key.
  const mended = [...own('daemon-json', [daemon], /^[a-z][a-z-]{0,63}$/), ...own('whole', [daemon], /^content$/)]
  return {
    repairing,
    daemon,
    files: [
      ...own('daemon-json', [daemon], /^registry-mirrors$/),
      ...(repairing === null ? [] : mended),
      {
        format: 'whole',
        path: whole(`${certificates}/${HOST}/(ca\\.crt|client\\.cert|client\\.key)`),
        keys: /^content$/,
      },
      { format: 'apt-list', path: whole(`${apt}/(sources\\.list|sources\\.list\\.d/${FILE}\\.list)`), keys: /^/ },
      { format: 'apt-deb822', path: whole(`${apt}/sources\\.list\\.d/${FILE}\\.sources`), keys: /^/ },
      ...own('env-sh', [system?.sh], VARIABLE),
      ...own('env-csh', [system?.csh], VARIABLE),
      ...own('env-fish', [system?.fish], VARIABLE),
      ...own('env-ps1', [system?.powershell], VARIABLE),
      ...own('environment-d', [system?.environmentD], VARIABLE),
      ...own('launch-agent-all', [system?.launchAgent], VARIABLE),
      ...own('fence', Object.values(system?.fenced ?? {}).flat(), /^source$/),
    ],
    folders: [
      whole(exactly(folderOf(daemon))),
      whole(`${certificates}(/${HOST})?`),
      ...mine.flatMap((path) => (path ? [whole(exactly(folderOf(path)))] : [])),
    ],
  }
}

/** The codes of the check-up whose repairs the helper makes, each with the check that finds it. */
export const HELPERS_REPAIRS: ReadonlyMap<string, string> = new Map([
  ['docker.daemon-json-broken', 'docker.daemon-json'],
  ['docker.daemon-json-value', 'docker.daemon-json'],
  ['docker.daemon-json-doubled', 'docker.daemon-json'],
  ['docker.mirror-invalid', 'docker.daemon-json'],
  ['docker.mirrors-stale', 'docker.mirrors'],
  ['docker.mirrors-not-loaded', 'docker.mirrors'],
  ['files.foreign-owner', 'files.owners'],
])

/** The code of the finding that a repair's id names; see `repairId` of the doctor. */
export const codeOf = (repair: string): string => repair.replace(/-[0-9a-f]{8}(-\d+)?$/, '')

/** What changes by a repair of the check-up, and for whom. */
export type Repairing = { asking: Asking | null }

/** The first change that is not among what may change; null: all may. `repairing` null: it is no repair. */
export function firstForbidden(
  changes: readonly Change[],
  places: Places,
  repairing: Repairing | null = null,
): string | null {
  const allowed = allowedOf(places, repairing)
  for (const change of changes) {
    const reason = forbidden(change, allowed)
    if (reason !== null) return reason
  }
  return null
}

function forbidden(change: Change, { files, folders, repairing, daemon }: Allowed): string | null {
  switch (change.kind) {
    case 'file': {
      const found = files.filter(({ path }) => path.test(change.path))
      // A link would lead to another file than the one that is allowed.
      const fits =
        change.real === change.path &&
        change.edits.length > 0 &&
        change.edits.every((edit) => found.some((one) => mayEdit(edit, one))) &&
        isPlain(change)
      return fits ? null : change.path
    }
    case 'dir':
      return folders.some((one) => one.test(change.path)) && change.mode === 0o755 && change.uid === 0
        ? null
        : change.path
    case 'env':
      return change.scope === 'system' && change.edits.every(({ key }) => VARIABLE.test(key) || checkName(key) === null)
        ? null
        : change.path
    case 'package':
    case 'service':
    case 'group':
      // Which one, and for whom, the platform's own list says; see `presencesOf`.
      return null
    case 'rights':
      return repairing?.asking && isGivenBack(change, repairing.asking) ? null : change.path
    case 'notice':
      return repairing !== null && change.handler === 'docker-reload' && change.path === daemon ? null : change.path
    // Nothing that the helper could plan again.
    case 'tree':
      return change.path
    case 'image':
      return change.name
  }
}

const mayEdit = ({ target, key }: Edit, { format, keys }: Files): boolean =>
  target.kind === 'file' &&
  target.format === format &&
  keys.test(key) &&
  (!key.startsWith('var:') || checkName(key.slice(4)) === null)

/** Whether what is left there is an ordinary file of the administrator's that nobody else may write or run as him. */
function isPlain({ before, after }: Extract<Change, { kind: 'file' }>): boolean {
  if (after === null) return true
  if (before !== null && before.mode === after.mode && before.uid === after.uid && before.gid === after.gid) return true
  return after.uid === 0 && (after.mode & 0o7133) === 0
}
