import { createHash } from 'node:crypto'
import {
  type Adapter,
  type Answer,
  type Candidate,
  type Check,
  type Judgement,
  type MirrorHttp,
  OutError,
} from '../race/adapter.ts'
import { parseInRelease, type Release } from '../trust/release.ts'
import { askFor, askWhole, HEAD_BYTES, headRange, joinUrl, refusePage, textOf, together } from './answers.ts'
import { broken, type Out } from './compare.ts'
import type { AptContext } from './context.ts'
import { judgeAges } from './judge-ages.ts'
import { itemsOf, judgeItems } from './judge-items.ts'

/** An index that is read whole to see that it fits the InRelease; larger ones are only measured. */
const MAX_PROOF = 256 * 1024
/** Where there is none so small. What an InRelease announces must not use up the bytes of the whole race. */
const MAX_WHOLE = 2 * 1024 * 1024
/** xz and gzip. */
const STARTS = [Buffer.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), Buffer.of(0x1f, 0x8b)]
const GOOD = 'good'

/**
 * Package archives of Debian and Ubuntu. The InRelease has to be signed by the system's own keys (where gpgv is
 * there) and not yet over; a small index has to have the hash that it names; its date tells how fresh the archive is;
 * the list of packages is measured. Source: wiki.debian.org/DebianRepository/Format; apt-secure(8).
 */
export function aptAdapter(context: AptContext, now: () => number): Adapter {
  const suite = `dists/${context.codename}`
  const items = { signature: `${suite}/InRelease signature`, date: `${suite}/InRelease Date` }
  return {
    target: 'apt',
    artefact: `${context.codename} ${context.components.join(' ')} ${context.arch}`,
    async check({ url }, http, signal) {
      const root = joinUrl(archiveOf(url, context.folder), suite)
      const ask = { what: `${suite}/InRelease` }
      const answer = await askWhole(http, joinUrl(root, 'InRelease'), ask, signal)
      const release = readRelease(answer, ask.what, context.codename, now())
      const { proof, bulk } = filesOf(release, context)
      return together(signal, async (inner) => {
        const [signature, content, head] = await Promise.all([
          context.signature?.(answer.body, inner) ?? null,
          fileOf(root, proof, release, http, inner),
          headOf(root, bulk, http, inner),
        ])
        const signed = { good: GOOD, bad: broken(signature?.detail ?? ''), unknown: null }[
          signature?.verdict ?? 'unknown'
        ]
        return {
          says: {
            [`${suite}/InRelease of ${release.date}`]: hashOf(answer.body),
            ...(signed === null ? {} : { [items.signature]: signed }),
            [`${proof.path} of ${release.date}`]: contentOf(content.body, proof),
            [items.date]: release.date,
          },
          date: release.date,
          bulk: {
            url: head.url,
            headers: {},
            size: bulk.size,
            whole: (body) => (hashOf(body) === `sha256:${bulk.sha256}` ? null : `${bulk.path}: ${hashOf(body)}`),
          },
        }
      })
    },
    judge: (checks, candidates) => Promise.resolve(judgeApt(checks, candidates, items, now())),
  }
}

/** The archive's root: what stands in `URIs`. A mirror that is named by its host alone has it in its usual folder. */
export function archiveOf(url: string, folder: string): string {
  return new URL(url).pathname === '/' ? joinUrl(url, folder) : url
}

function readRelease(answer: Answer, what: string, codename: string, now: number): Release {
  refusePage(answer, what)
  const release = parseInRelease(textOf(answer))
  if (release === null) throw new OutError('not-artefact', `${what}: not a signed Release file`)
  if (!release.names.includes(codename))
    throw new OutError('wrong-content', `${what}: of ${release.names.join(', ')} instead of ${codename}`)
  if (release.validUntil !== null && Date.parse(release.validUntil) < now)
    throw new OutError('stale', `${what}: valid until ${release.validUntil}`)
  return release
}

type File = { path: string; size: number; sha256: string }

/** The largest list of packages of the chosen components, and the largest file that is small enough to be read whole. */
function filesOf({ files }: Release, { arch, components }: AptContext): { proof: File; bulk: File } {
  const all = [...files].map(([path, file]) => ({ path, ...file })).toSorted((a, b) => b.size - a.size)
  const listed = (end: string): File[] => all.filter(({ path }) => path.endsWith(`/binary-${arch}/Packages.${end}`))
  const lists = [...listed('xz'), ...listed('gz')]
  const bulk = lists.find(({ path }) => components.includes(componentOf(path)))
  if (!bulk) throw new OutError('not-found', `no ${components.join(', ')} for ${arch}`)
  const about = all.filter(({ path }) => path === `${componentOf(bulk.path)}/binary-${arch}/Release`)
  return { proof: [...lists, ...about].find(({ size }) => size <= MAX_PROOF) ?? bulk, bulk }
}

const componentOf = (path: string): string => path.replace(/\/binary-.*$/, '')

/** By its hash where the archive offers that, as apt does; else, or where that is missing, by its name. */
async function fileOf(
  root: string,
  file: File,
  release: Release,
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<Answer> {
  const ask = { what: file.path, maxBytes: Math.min(file.size, MAX_WHOLE) + 1024 }
  const folder = file.path.replace(/\/[^/]*$/, '')
  if (release.byHash) {
    const hashed = await http.ask(joinUrl(root, `${folder}/by-hash/SHA256/${file.sha256}`), ask, signal)
    if (hashed.status === 200) return hashed
  }
  const answer = await askFor(http, joinUrl(root, file.path), ask, signal)
  refusePage(answer, file.path)
  return answer
}

async function headOf(root: string, bulk: File, http: MirrorHttp, signal: AbortSignal): Promise<Answer> {
  const url = joinUrl(root, bulk.path)
  const answer = await askFor(http, url, { what: bulk.path, headers: headRange, maxBytes: HEAD_BYTES }, signal)
  refusePage(answer, bulk.path)
  if (!STARTS.some((start) => start.equals(answer.body.subarray(0, start.length))))
    throw new OutError('not-artefact', `${bulk.path}: neither xz nor gzip`)
  return { ...answer, url }
}

const hashOf = (body: Uint8Array): string => `sha256:${createHash('sha256').update(body).digest('hex')}`

function contentOf(body: Uint8Array, { sha256 }: File): string {
  const own = hashOf(body)
  return own === `sha256:${sha256}` ? own : broken(`${own}, announced sha256:${sha256}`)
}

function judgeApt(
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  items: { signature: string; date: string },
  now: number,
): Judgement {
  const out = new Map<string, Out>()
  const signed = new Set([...checks].filter(([, { says }]) => says[items.signature] === GOOD).map(([id]) => id))
  // A forged signature is the reason to name, before what follows from it.
  const compared = new Set([items.signature, ...itemsOf(checks)])
  compared.delete(items.date)
  // What the system's own key has signed needs no majority.
  const { conflicts, agreeing } = judgeItems(compared, checks, candidates, out, { believed: (id) => signed.has(id) })
  const ages = judgeAges(items.date, checks, candidates, (a, b) => Date.parse(a) - Date.parse(b), now, out)
  const proved = [...signed, ...[...agreeing.values()].flatMap((ids) => [...ids])]
  const safe = new Set(proved.filter((id) => out.get(id)?.reason !== 'wrong-content'))
  return { out, conflicts: [...conflicts, ...ages.conflicts], safe, fresh: ages.fresh }
}
