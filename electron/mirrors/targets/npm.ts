import { createHash } from 'node:crypto'
import { z } from 'zod'
import {
  type Adapter,
  type Answer,
  type Bulk,
  type Candidate,
  type Check,
  type Judgement,
  type MirrorHttp,
  OutError,
} from '../race/adapter.ts'
import {
  askFor,
  askWhole,
  HEAD_BYTES,
  headRange,
  joinUrl,
  jsonOf,
  refusal,
  refusePage,
  sizeOf,
  together,
} from './answers.ts'
import { broken, type Out } from './compare.ts'
import type { NpmContext } from './context.ts'
import { judgeAges } from './judge-ages.ts'
import { itemsOf, judgeItems } from './judge-items.ts'
import { compareSemver } from './versions.ts'

/** What npm itself asks for when it installs: without the texts and the dates of each version. */
const ABBREVIATED = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'
const MAX_DOCUMENT = 4 * 1024 * 1024
const MAX_PROOF = 512 * 1024

const distSchema = z.object({ tarball: z.url(), integrity: z.string().optional(), shasum: z.string().optional() })
const documentSchema = z.object({
  name: z.string(),
  modified: z.string().optional(),
  time: z.object({ modified: z.string().optional() }).optional(),
  'dist-tags': z.object({ latest: z.string() }),
  versions: z.record(z.string(), z.object({ dist: distSchema })),
})
const versionSchema = z.object({ version: z.string(), dist: distSchema })
type Dist = z.infer<typeof distSchema>

type Package = { version: string; dist: Dist; modified: string | null }

/**
 * npm registries. The tarball of a small package is read whole: it has to have the integrity that the registry
 * itself names, and both are compared between the registries; the newest version of another tells how fresh each is,
 * and its tarball is measured.
 * Source: npm/registry docs/responses/package-metadata; npm docs (`replace-registry-host`).
 */
export function npmAdapter(context: NpmContext, now: () => number): Adapter {
  const { proof, bulk, defaultRegistry } = context
  const latest = `${bulk} latest`
  return {
    target: 'npm',
    artefact: bulk,
    async check({ url }, http, signal) {
      return together(signal, async (inner) => {
        const place = (dist: Dist): string => tarballOf(dist.tarball, url, defaultRegistry)
        const [small, large] = await Promise.all([packageOf(url, proof, http, inner), newestOf(url, bulk, http, inner)])
        const [content, head] = await Promise.all([
          askWhole(http, place(small.dist), { what: `${proof} tarball`, maxBytes: MAX_PROOF }, inner),
          headOf(place(large.dist), `${bulk} tarball`, http, inner),
        ])
        refusePage(content, `${proof} tarball`)
        return {
          says: {
            [`${proof}@${small.version} tarball`]: contentOf(content.body, small.dist),
            [`${bulk}@${large.version} integrity`]: large.dist.integrity ?? `sha1-${large.dist.shasum ?? ''}`,
            [latest]: large.version,
          },
          date: large.modified ?? isoOf(head.headers['last-modified']),
          bulk: bulkOf(place(large.dist), large.dist, head),
        }
      })
    },
    judge: (checks, candidates) => Promise.resolve(judgeNpm(checks, candidates, latest, now())),
  }
}

async function packageOf(base: string, name: string, http: MirrorHttp, signal: AbortSignal): Promise<Package> {
  const headers = { accept: ABBREVIATED }
  const answer = await askWhole(
    http,
    joinUrl(base, escape(name)),
    { what: name, headers, maxBytes: MAX_DOCUMENT },
    signal,
  )
  const document = jsonOf(documentSchema, answer, name)
  const version = document['dist-tags'].latest
  const entry = Object.hasOwn(document.versions, version) ? document.versions[version] : undefined
  if (document.name !== name || entry === undefined)
    throw new OutError('not-artefact', `${name}: without its newest version ${version}`)
  return { version, dist: entry.dist, modified: isoOf(document.modified ?? document.time?.modified) }
}

/** The newest version alone, a fraction of the document of a package with thousands of them; some registries lack it. */
async function newestOf(base: string, name: string, http: MirrorHttp, signal: AbortSignal): Promise<Package> {
  const answer = await http.ask(joinUrl(base, `${escape(name)}/latest`), { maxBytes: MAX_PROOF }, signal)
  if (answer.status === 404 || answer.status === 405) return packageOf(base, name, http, signal)
  if (answer.status !== 200) throw refusal(answer, name)
  const { version, dist } = jsonOf(versionSchema, answer, name)
  return { version, dist, modified: null }
}

/** The slash of a scoped name is escaped, as npm does. */
const escape = (name: string): string => name.replace('/', '%2f')

function isoOf(text: string | undefined): string | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/**
 * Where npm downloads from: an address on its own default registry is moved to the one in use (`replace-registry-host`
 * is `npmjs` by default), any other one stays.
 */
export function tarballOf(tarball: string, registry: string, defaultRegistry: string | null): string {
  const from = new URL(tarball)
  const used = new URL(registry)
  if (defaultRegistry === null || from.host !== new URL(defaultRegistry).host) {
    // The name and the password of a private registry count on its own host, and never over plain http in place of https.
    if (from.origin === used.origin && used.username !== '')
      [from.username, from.password] = [used.username, used.password]
    return from.href
  }
  return joinUrl(registry, from.pathname.replace(/^\/+/, '') + from.search)
}

/** The strong hash of a tarball, or that it is not what the registry's own document says. */
function contentOf(body: Uint8Array, dist: Dist): string {
  const own = integrityOf(body)
  return matches(body, dist) ? own : broken(`${own}, announced ${dist.integrity ?? dist.shasum ?? 'nothing'}`)
}

const integrityOf = (body: Uint8Array): string => `sha512-${createHash('sha512').update(body).digest('base64')}`

/** Any one of the strongest hashes that are given has to fit (W3C Subresource Integrity); old packages have a SHA-1 only. */
function matches(body: Uint8Array, { integrity, shasum }: Dist): boolean {
  const given = (integrity ?? '').split(/\s+/).filter((one) => one !== '')
  for (const algorithm of ['sha512', 'sha384', 'sha256', 'sha1']) {
    const wanted = given.filter((one) => one.startsWith(`${algorithm}-`)).map((one) => one.replace(/\?.*$/, ''))
    if (wanted.length > 0) return wanted.includes(`${algorithm}-${createHash(algorithm).update(body).digest('base64')}`)
  }
  return shasum !== undefined && createHash('sha1').update(body).digest('hex') === shasum
}

async function headOf(url: string, what: string, http: MirrorHttp, signal: AbortSignal): Promise<Answer> {
  const answer = await askFor(http, url, { what, headers: headRange, maxBytes: HEAD_BYTES }, signal)
  refusePage(answer, what)
  if (answer.body[0] !== 0x1f || answer.body[1] !== 0x8b) throw new OutError('not-artefact', `${what}: not a tarball`)
  return answer
}

function bulkOf(url: string, dist: Dist, head: Answer): Bulk {
  const whole: Bulk['whole'] = (body) =>
    matches(body, dist) ? null : `${integrityOf(body)} instead of ${dist.integrity ?? dist.shasum ?? ''}`
  return { url, headers: {}, size: sizeOf(head), whole }
}

function judgeNpm(
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  latest: string,
  now: number,
): Judgement {
  const out = new Map<string, Out>()
  const items = [...itemsOf(checks)].filter((item) => item !== latest)
  const { conflicts, agreeing } = judgeItems(items, checks, candidates, out)
  const proved = [...agreeing].flatMap(([item, ids]) => (item.endsWith(' tarball') ? [...ids] : []))
  const ages = judgeAges(latest, checks, candidates, compareSemver, now, out)
  const safe = new Set(proved.filter((id) => out.get(id)?.reason !== 'wrong-content'))
  return { out, conflicts: [...conflicts, ...ages.conflicts], safe, fresh: ages.fresh }
}
