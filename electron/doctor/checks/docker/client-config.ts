import { z } from 'zod'
import type { Edit, Value } from '../../../contract/plan.ts'
import { under } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import { decode, toBinary } from '../../../settings/binary.ts'
import { findPrograms } from '../../../settings/find-program.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { type Mending, mendJson } from './json-mend.ts'
import { perLook } from './memo.ts'
import { wholeRepair } from './whole-repair.ts'

const configSchema = z.object({
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
})

/** Whether the docker client can read its own settings and the programs that keep its passwords are there. */
export const dockerClientConfigCheck: DoctorCheck = {
  id: 'docker.client-config',
  category: 'docker',
  deadline: 3000,
  codes: ['docker.client-config-broken', 'docker.credential-helper-missing'],
  explains: ['docker-credential', 'docker-denied'],
  async check(context, signal) {
    const broken = await brokenConfig(context, signal)
    return { found: broken === null ? await missingHelpers(context) : [await brokenFound(context, broken)] }
  },
}

type Broken = Mending & { path: string; text: string }

/** What makes `config.json` no JSON; null: nothing, or there is none. An empty one is none to the client (docker/cli `LoadFromReader`). */
export const brokenConfig = perLook(async ({ sys, places }): Promise<Broken | null> => {
  const path = under(places.docker.configDir, 'config.json')
  const bytes = await readOrNull(sys, path)
  if (bytes === null) return null
  const text = toBinary(bytes)
  const mending = mendJson(text, { bom: false, empty: true, after: true })
  return mending === null ? null : { ...mending, path, text }
})

async function brokenFound({ facts }: DoctorContext, broken: Broken): Promise<Found> {
  const { path, line } = broken
  const { state } = await facts.docker()
  return {
    code: 'docker.client-config-broken',
    // The client warns and goes on without it; we cannot know which engine was meant.
    severity: state === 'unreachable' ? 'error' : 'warning',
    subject: path,
    values: { line },
    evidence: [`${path}:${line}`],
    repairs: wholeRepair(broken, { path, mode: 0o600, secret: true, safe: true, notify: [] }),
  }
}

/**
 * Helpers that come with Docker, or lie where every program looks. Any other may lie in a folder of the terminal's PATH,
 * which a window from the desktop does not have: without a shell above us nothing is claimed of it.
 */
const DOCKERS = new Set(['desktop', 'desktop.exe', 'osxkeychain', 'secretservice', 'pass', 'wincred', 'wincred.exe'])

async function missingHelpers({ sys, places }: DoctorContext): Promise<readonly Found[]> {
  const path = under(places.docker.configDir, 'config.json')
  const bytes = await readOrNull(sys, path)
  if (bytes === null) return []
  const parsed = configSchema.safeParse(parsedJson(decode(toBinary(bytes))))
  if (!parsed.success) return []
  const { credsStore = '', credHelpers = {} } = parsed.data
  const found: Found[] = []
  for (const helper of new Set([credsStore, ...Object.values(credHelpers)])) {
    if (!/^[\w.-]+$/.test(helper)) continue
    const program = `docker-credential-${helper}`
    if (!DOCKERS.has(helper) && places.environment['SHLVL'] === undefined) continue
    if ((await findPrograms(sys, places, program, knownPlaces(places, program))).length > 0) continue
    const hosts = Object.entries(credHelpers).flatMap(([host, name]) => (name === helper ? [host] : []))
    found.push({
      code: 'docker.credential-helper-missing',
      severity: 'warning',
      subject: program,
      values: { path, key: helper === credsStore ? 'credsStore' : `credHelpers: ${hosts.join(' ')}` },
      evidence: [`${path}: ${helper === credsStore ? `credsStore ${helper}` : `credHelpers ${hosts.join(' ')}`}`],
      repairs: [withoutHelper(path, helper, credsStore, credHelpers)],
    })
  }
  return found
}

/** Where the programs of Docker's own products lie although a window's PATH may not name them. */
function knownPlaces({ platform, home }: Places, program: string): readonly string[] {
  if (platform === 'win32') return [`C:/Program Files/Docker/Docker/resources/bin/${program}.exe`]
  const folders = ['/usr/local/bin', '/usr/bin', '/snap/bin', `${home}/bin`, `${home}/.docker/bin`, `${home}/.rd/bin`]
  if (platform === 'darwin')
    folders.push('/opt/homebrew/bin', '/Applications/Docker.app/Contents/Resources/bin', `${home}/.orbstack/bin`)
  return folders.map((folder) => `${folder}/${program}`)
}

function withoutHelper(path: string, helper: string, store: string, helpers: Readonly<Record<string, string>>): Repair {
  const edit = (key: string, before: Value, after: Value): Edit => ({
    target: { kind: 'file', path, format: 'daemon-json', mode: 0o600, notify: [] },
    owner: 'docker',
    key,
    before,
    after,
  })
  const left = Object.fromEntries(Object.entries(helpers).filter(([, name]) => name !== helper))
  const edits = store === helper ? [edit('credsStore', store, null)] : []
  if (Object.keys(left).length < Object.keys(helpers).length)
    edits.push(edit('credHelpers', { ...helpers }, Object.keys(left).length === 0 ? null : left))
  // Whoever brings the program back finds their logins again only with the key.
  return { kind: 'edits', edits, note: { key: 'doctor-docker:repair.no-helper', values: { path } }, safe: false }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
