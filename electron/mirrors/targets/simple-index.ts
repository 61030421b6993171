import { z } from 'zod'
import { type Answer, OutError } from '../race/adapter.ts'
import { jsonOf, textOf } from './answers.ts'
import { compareRelease } from './versions.ts'

/** A wheel as an index names it. `sha256`: hex, null where the index does not say. */
export type Wheel = { name: string; version: string; url: string; sha256: string | null; date: string | null }

const indexSchema = z.object({
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()),
      'upload-time': z.string().optional(),
      yanked: z.union([z.boolean(), z.string()]).optional(),
    }),
  ),
})

/** What pip asks for (PEP 691): JSON where there is some, else the old page. */
export const SIMPLE_ACCEPT =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01'

/**
 * The wheels of final releases in an answer of a simple index, withdrawn ones left out. Addresses are absolute: a
 * mirror may lead to files on another host, and that is where pip then goes.
 * Throws `not-artefact`. Source: packaging.python.org, simple repository API (PEP 503, 691, 700).
 */
export function wheelsOf(answer: Answer, project: string): readonly Wheel[] {
  const json = /json/i.test(answer.headers['content-type'] ?? '')
  const wheels = json ? fromJson(answer, project) : fromPage(answer, project)
  if (wheels.length === 0) throw new OutError('not-artefact', `${project}: an index without its wheels`)
  return wheels
}

/** The newest wheel for any system. */
export function newestWheel(wheels: readonly Wheel[]): Wheel | null {
  return wheels.toSorted((a, b) => compareRelease(a.version, b.version)).at(-1) ?? null
}

function fromJson(answer: Answer, project: string): readonly Wheel[] {
  const { files } = jsonOf(indexSchema, answer, project)
  return files.flatMap(({ filename, url, hashes, yanked, ...rest }) =>
    yanked === true || typeof yanked === 'string'
      ? []
      : wheel(
          project,
          { filename, href: url, sha256: hashes.sha256 ?? null, date: rest['upload-time'] ?? null },
          answer.url,
        ),
  )
}

/** Only `href`, the hash behind it and `data-yanked` count; the page is for programs and has no more than a list of links. */
function fromPage(answer: Answer, project: string): readonly Wheel[] {
  const text = textOf(answer)
  return [...text.matchAll(/<a\b([^<>]*)>([^<]*)<\/a\s{0,64}>/gi)].flatMap(([, attributes = '', label = '']) => {
    const href = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes)
    if (!href || /\bdata-yanked\b/i.test(attributes)) return []
    const target = unescape(href[1] ?? href[2] ?? '')
    const sha256 = /#sha256=([0-9a-f]{64})\b/i.exec(target)?.[1]?.toLowerCase() ?? null
    return wheel(project, { filename: unescape(label.trim()), href: target, sha256, date: null }, answer.url)
  })
}

function wheel(
  project: string,
  file: { filename: string; href: string; sha256: string | null; date: string | null },
  base: string,
): readonly Wheel[] {
  const [name = '', version = '', ...tags] = file.filename.replace(/\.whl$/, '').split('-')
  const own = normalise(name) === normalise(project) && file.filename.endsWith('.whl') && tags.at(-1) === 'any'
  if (!own || !/^\d+(\.\d+)*$/.test(version) || !URL.canParse(file.href, base)) return []
  const url = new URL(file.href, base)
  url.hash = ''
  return [{ name: file.filename, version, url: url.href, sha256: file.sha256, date: file.date }]
}

/** PEP 503. */
export const normalise = (name: string): string => name.replace(/[-_.]+/g, '-').toLowerCase()

const unescape = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name: string) => ENTITIES[name] ?? '')
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" }
