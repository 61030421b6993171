import { z } from 'zod'
import { checkAptUrl, checkLine, checkUrl, type Reason } from '../contract/grammar.ts'
import { APT_ARCHIVES, MAX_OWN, type OwnMirror, ownMirrorSchema } from '../contract/mirror.ts'
import type { Mirror } from './catalogue.ts'

/** An own mirror with the day on which it was added. */
const keptSchema = z.strictObject({ ...ownMirrorSchema.shape, date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) })
export type KeptMirror = z.infer<typeof keptSchema>

/** What stands in the file of own mirrors. */
export const ownMirrorsSchema = z.strictObject({ version: z.literal(1), mirrors: z.array(keptSchema).max(MAX_OWN) })
export type OwnMirrors = z.infer<typeof ownMirrorsSchema>

/** Why an own mirror cannot be kept, or null. Each target takes one web address; credentials go to the tool's own store. */
export const checkOwn = ({ target, url, name }: Pick<OwnMirror, 'target' | 'url' | 'name'>): Reason | null =>
  (target === 'apt' ? checkAptUrl(url) : checkUrl(url)) ?? (name === '' ? null : checkLine(name))

/** An own mirror as one of the catalogue. */
export function asMirror({ id, target, name, url, date }: KeptMirror): Mirror {
  const shown = name === '' ? new URL(url).host : name
  return {
    id,
    target,
    name: { zh: shown, en: shown },
    url,
    ...(target === 'apt' ? { paths: archivesOf(url) } : {}),
    operator: null,
    country: null,
    protocols: [url.startsWith('http:') ? 'http' : 'https'],
    sync: null,
    limits: null,
    status: 'alive',
    since: null,
    source: 'own',
    date,
    own: true,
  }
}

/** An address that ends in an archive's name is that archive; any other one is a mirror's root. */
function archivesOf(url: string): NonNullable<Mirror['paths']> {
  const last = new URL(url).pathname.split('/').findLast((part) => part !== '')
  const named = APT_ARCHIVES.find((archive) => archive === last)
  if (named !== undefined) return { [named]: '' }
  return Object.fromEntries(APT_ARCHIVES.map((archive) => [archive, `/${archive}`]))
}
