import { z } from 'zod'
import { inVirtualMachine } from '../../../docker/flavour.ts'
import { httpStatus } from '../../../docker/errors.ts'
import { getJson } from '../../../docker/engine.ts'
import { goArch } from '../../../docker/pull-diagnosis.ts'
import type { Reader } from '../../../core/system.ts'
import { type DoctorCheck, type Found, nothingFound } from '../../check.ts'
import { ask, type EngineLook, lookAtEngine } from './engine-look.ts'
import { sizeText } from './size.ts'

/** Milliseconds; a store of thousands of images takes its time, and nobody is to wait for it. */
const LIST = 1500
/** So many golang images are looked into. */
const MOST = 12
const GOLANG = /(^|\/)golang:/

const listSchema = z.array(
  z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish(), Size: z.number().nullish() }),
)
type Listed = z.infer<typeof listSchema>[number]
const imageSchema = z.object({ Architecture: z.string(), Os: z.string().nullish() })

/** Whether the golang images that are here can be used, and how much lies about without a name. */
export const dockerImagesCheck: DoctorCheck = {
  id: 'docker.images',
  category: 'docker',
  deadline: 5000,
  codes: ['docker.platform-mismatch', 'docker.half-pulled'],
  explains: ['docker-platform', 'docker-exec-format', 'docker-layer'],
  async check(context, signal) {
    const look = await lookAtEngine(context, signal)
    const images = look === null ? null : await list(look, signal)
    if (look === null || images === null) return nothingFound
    const golang = images.filter(({ RepoTags }) => (RepoTags ?? []).some((tag) => GOLANG.test(tag))).slice(0, MOST)
    const { flavour, endpoint } = await context.facts.docker()
    const emulates =
      inVirtualMachine(flavour) || flavour === 'podman' || !endpoint.startsWith('unix:')
        ? null
        : await emulated(context.sys)
    const found = await Promise.all(golang.map((image) => judge(image, look, emulates, signal)))
    const unnamed = images.filter(({ RepoTags }) => (RepoTags ?? []).every((tag) => tag === '<none>:<none>'))
    const size = unnamed.reduce((sum, { Size }) => sum + (Size ?? 0), 0)
    const values = { count: unnamed.length, size: sizeText(size), command: 'docker image prune' }
    return {
      found: found.filter((one) => one !== null),
      facts: unnamed.length === 0 ? [] : [{ key: 'doctor-docker:fact.unnamed', values }],
    }
  },
}

async function list({ engine }: EngineLook, signal: AbortSignal): Promise<readonly Listed[] | null> {
  try {
    return listSchema.parse(await ask(engine, '/images/json', signal, LIST))
  } catch {
    signal.throwIfAborted()
    return null
  }
}

/** The processors that this kernel runs by emulation, as the entries of binfmt_misc are called; none where it is not set up. */
async function emulated(sys: Reader): Promise<readonly string[]> {
  return sys.list('/proc/sys/fs/binfmt_misc').catch(() => [])
}

/** `emulates` null: which processors the engine's machine can imitate is not known. */
async function judge(
  { Id, RepoTags }: Listed,
  look: EngineLook,
  emulates: readonly string[] | null,
  signal: AbortSignal,
): Promise<Found | null> {
  const subject = RepoTags?.find((tag) => GOLANG.test(tag)) ?? Id
  const answer = await inspect(look, Id, signal)
  if (answer === null) return null
  if ('broken' in answer) {
    // It may have been removed since the list was made.
    const still = (await list(look, signal))?.some((image) => image.Id === Id) ?? false
    return still ? { code: 'docker.half-pulled', severity: 'error', subject, evidence: [answer.broken] } : null
  }
  const own = goArch(look.arch ?? '')
  const { arch } = answer
  if (emulates === null || own === '' || runs(own, arch) || emulates.some((entry) => imitates(entry, arch))) return null
  const values = { arch, own }
  return { code: 'docker.platform-mismatch', severity: 'warning', subject, values, evidence: [`${Id}: ${arch}`] }
}

async function inspect(
  { engine }: EngineLook,
  id: string,
  signal: AbortSignal,
): Promise<{ arch: string } | { broken: string } | null> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LIST)])
    return { arch: imageSchema.parse(await getJson(engine.docker, `/images/${id}/json`, limit)).Architecture }
  } catch (error) {
    signal.throwIfAborted()
    const status = httpStatus(error)
    return status === 404 || status === 500 ? { broken: error instanceof Error ? error.message : String(status) } : null
  }
}

const runs = (own: string, arch: string): boolean =>
  own === arch || (own === 'amd64' && arch === '386') || (own === 'arm64' && arch === 'arm')

const CPUS: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i386' }
const imitates = (entry: string, arch: string): boolean =>
  entry.includes(CPUS[arch] ?? arch) || /rosetta|box64|fex/i.test(entry)
