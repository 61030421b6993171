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
import { askFor, askWhole, HEAD_BYTES, headRange, joinUrl, refusePage, sizeOf, together } from './answers.ts'
import { broken, type Out } from './compare.ts'
import type { PipContext } from './context.ts'
import { judgeAges } from './judge-ages.ts'
import { itemsOf, judgeItems } from './judge-items.ts'
import { newestWheel, normalise, SIMPLE_ACCEPT, type Wheel, wheelsOf } from './simple-index.ts'
import { compareRelease } from './versions.ts'

const MAX_INDEX = 2 * 1024 * 1024
const MAX_PROOF = 512 * 1024

/**
 * Python package indexes. A small wheel is read whole: it has to have the hash that the index itself names, and it is
 * compared between the indexes, and its version tells how fresh each is; a large one of another project is measured
 * where pip would fetch it.
 */
export function pipAdapter(context: PipContext, now: () => number): Adapter {
  const { proof, bulk } = context
  const latest = `${proof} latest`
  return {
    target: 'pip',
    artefact: bulk,
    async check({ url }, http, signal) {
      return together(signal, async (inner) => {
        const [small, large] = await Promise.all([wheelAt(url, proof, http, inner), wheelAt(url, bulk, http, inner)])
        const [content, head] = await Promise.all([
          askWhole(http, small.wheel.url, { what: small.wheel.name, maxBytes: MAX_PROOF }, inner),
          headOf(large.wheel, http, inner),
        ])
        refusePage(content, small.wheel.name)
        const { sha256 } = large.wheel
        return {
          says: {
            [small.wheel.name]: contentOf(content.body, small.wheel),
            ...(sha256 === null ? {} : { [`${large.wheel.name} hash`]: `sha256:${sha256}` }),
            [latest]: small.wheel.version,
            ...(small.serial === null ? {} : { serial: small.serial }),
          },
          date: small.wheel.date,
          bulk: {
            url: large.wheel.url,
            headers: {},
            size: sizeOf(head),
            ...(sha256 === null ? {} : { whole: (body: Uint8Array) => wholeOf(body, sha256) }),
          },
        }
      })
    },
    judge: (checks, candidates) => Promise.resolve(judgePip(checks, candidates, latest, now())),
  }
}

type Found = { wheel: Wheel; serial: string | null }

async function wheelAt(base: string, project: string, http: MirrorHttp, signal: AbortSignal): Promise<Found> {
  const ask = { what: project, headers: { accept: SIMPLE_ACCEPT }, maxBytes: MAX_INDEX }
  const answer = await askWhole(http, joinUrl(base, `${normalise(project)}/`), ask, signal)
  const wheel = newestWheel(wheelsOf(answer, project))
  if (wheel === null) throw new OutError('not-artefact', `${project}: an index without its wheels`)
  return { wheel: withCredentials(wheel, base), serial: answer.headers['x-pypi-last-serial'] ?? null }
}

/** The name and the password of a private index count on its own host, and never over plain http in place of https. */
function withCredentials(wheel: Wheel, base: string): Wheel {
  const { origin, username, password } = new URL(base)
  const url = new URL(wheel.url)
  if (url.origin !== origin || username === '') return wheel
  ;[url.username, url.password] = [username, password]
  return { ...wheel, url: url.href }
}

async function headOf(wheel: Wheel, http: MirrorHttp, signal: AbortSignal): Promise<Answer> {
  const ask = { what: wheel.name, headers: headRange, maxBytes: HEAD_BYTES }
  const answer = await askFor(http, wheel.url, ask, signal)
  refusePage(answer, wheel.name)
  if (answer.body[0] !== 0x50 || answer.body[1] !== 0x4b) throw new OutError('not-artefact', `${wheel.name}: not a zip`)
  return answer
}

const sha256Of = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex')

function contentOf(body: Uint8Array, { sha256 }: Wheel): string {
  const own = sha256Of(body)
  return sha256 === null || own === sha256 ? `sha256:${own}` : broken(`sha256:${own}, announced sha256:${sha256}`)
}

function wholeOf(body: Uint8Array, sha256: string): string | null {
  const own = sha256Of(body)
  return own === sha256 ? null : `sha256:${own} instead of sha256:${sha256}`
}

function judgePip(
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  latest: string,
  now: number,
): Judgement {
  const out = new Map<string, Out>()
  const items = [...itemsOf(checks)].filter((item) => item !== latest && item !== 'serial')
  const { conflicts, agreeing } = judgeItems(items, checks, candidates, out)
  const proved = [...agreeing].flatMap(([item, ids]) => (item.endsWith(' hash') ? [] : [...ids]))
  const ages = judgeAges(latest, checks, candidates, compareRelease, now, out)
  const safe = new Set(proved.filter((id) => out.get(id)?.reason !== 'wrong-content'))
  return { out, conflicts: [...conflicts, ...ages.conflicts], safe, fresh: ages.fresh }
}
