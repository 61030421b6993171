import { createHash } from 'node:crypto'
import { isAbsolute, under } from '../../../core/paths.ts'
import type { Reader } from '../../../core/system.ts'
import { keysOf } from '../../../settings/npm/detect.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { openBudget, within } from './budget.ts'
import { away } from './go-found.ts'
import { sizeText } from './size.ts'
import { filesBelow, sizeOf, type TreeFile } from './tree-files.ts'

const MILLISECONDS = 1000
const BYTES = 300_000_000
const COUNTING = 600

/** npm's cache: the name of each file is the hash of its content (npm/cacache `content-v2`). */
export const npmCacheCheck: DoctorCheck = {
  id: 'cache.npm',
  category: 'cache',
  deadline: 5000,
  codes: ['cache.npm-damaged'],
  explains: ['npm-integrity'],
  async applies(context) {
    return (await context.sys.lstat(await npmCache(context)).catch(() => null)) !== null
  },
  async check(context, signal) {
    const folder = await npmCache(context)
    const content = under(folder, 'content-v2')
    const end = performance.now() + COUNTING
    const late = (): boolean => performance.now() > end
    const files = (await filesBelow(context.sys, content, signal, late)) ?? []
    const budget = openBudget(MILLISECONDS, BYTES, signal)
    const newest = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs)
    const looked = await within(budget, newest, async (file) => {
      budget.take(file.size)
      return { file, damaged: await isDamaged(context.sys, content, file) }
    })
    const damaged = looked.filter((one) => one.damaged).map(({ file }) => file)
    const values = { path: folder, size: sizeText(sizeOf(files)), files: files.length, looked: looked.length }
    return {
      found: await found(context, folder, damaged),
      facts: [
        { key: `doctor-cache:fact.${late() ? 'npmAtLeast' : 'npm'}`, values },
        ...(looked.length < files.length ? [{ key: 'doctor-cache:fact.npmLooked', values }] : []),
      ],
      offers: await emptying(context, folder, files),
    }
  },
}

/** Where npm keeps it: `cache` of the environment, the project's file, the user's; else in the home. */
async function npmCache({ facts, places }: DoctorContext): Promise<string> {
  const { environment, home } = places
  const [, named] =
    Object.entries(environment).find(([name, value]) => /^npm_config_cache$/i.test(name) && value !== '') ?? []
  const { project, user } = await facts.npm()
  const files = [project?.npmrc, user.npmrc].map((file) => {
    try {
      return file === undefined ? undefined : keysOf(file).get('cache')
    } catch {
      return undefined
    }
  })
  const set = named ?? files.find((value) => typeof value === 'string' && value !== '')
  const path = (typeof set === 'string' ? set : '').replace(/^~(?=\/|$)|^\$\{HOME\}/, home)
  return under(isAbsolute(path) ? path : under(home, '.npm'), '_cacache')
}

const seen = new Map<string, string>()

/** `sha512/ab/cd/ef…`: the algorithm, and the hash in hex. What is named in another way is none of ours. */
async function isDamaged(sys: Reader, folder: string, { name, size, mtimeMs }: TreeFile): Promise<boolean> {
  const [algorithm = '', ...parts] = name.split('/')
  const hash = parts.join('')
  if (parts.length !== 3 || !['sha1', 'sha256', 'sha384', 'sha512'].includes(algorithm)) return false
  const path = under(folder, ...name.split('/'))
  const stamp = `${size} ${mtimeMs}`
  if (seen.get(path) === stamp) return false
  const bytes = await sys.readFile(path).catch(() => null)
  if (bytes === null) return false
  if (createHash(algorithm).update(bytes).digest('hex') !== hash) return true
  seen.set(path, stamp)
  return false
}

async function found(context: DoctorContext, folder: string, damaged: readonly TreeFile[]): Promise<readonly Found[]> {
  if (damaged.length === 0) return []
  const paths = damaged.map(({ name }) => under(folder, 'content-v2', ...name.split('/')))
  const changes = (await Promise.all(paths.map((path) => away(context, path)))).filter((change) => change !== null)
  const note = { key: 'doctor-cache:repair.npm', values: { count: paths.length } }
  const repair: Repair = { kind: 'changes', changes, note, safe: true }
  const values = { count: paths.length }
  return [{ code: 'cache.npm-damaged', severity: 'error', subject: folder, values, evidence: paths, repairs: [repair] }]
}

async function emptying(
  context: DoctorContext,
  folder: string,
  files: readonly TreeFile[],
): Promise<readonly Repair[]> {
  const bytes = sizeOf(files)
  const tree = files.length === 0 ? null : await away(context, folder, bytes, true)
  if (tree === null) return []
  const note = { key: 'doctor-cache:repair.emptyNpm', values: { size: sizeText(bytes), path: folder } }
  return [{ kind: 'changes', changes: [tree], note, safe: false }]
}
