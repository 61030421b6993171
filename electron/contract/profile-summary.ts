import { parseImage, splitGoProxy } from './grammar.ts'
import type { Note } from './note.ts'
import type { Profile } from './profile.ts'

/**
 * `strong`: others would be believed, or would hear of what is done here; a person is asked first. `care`: worth a
 * second look. `plain`: what profiles are for.
 */
export type Will = { weight: 'strong' | 'care' | 'plain'; note: Note }

/** Go's own checksum database, and its second name. */
const OFFICIAL_SUMDB = /^sum\.golang\.(org|google\.cn)$/
const PROXIES = /^(https?|all|ftp)_proxy$/i

/** What a profile would do, in short and the strongest first, as far as it says so itself. Pure. */
export function willDo(profile: Profile): readonly Will[] {
  const rank = { strong: 0, care: 1, plain: 2 }
  return [...powers(profile), ...imageOf(profile), ...sourcesOf(profile), ...environmentOf(profile)].toSorted(
    (a, b) => rank[a.weight] - rank[b.weight],
  )
}

/** Whether a person is asked before its values are taken. */
export const asksFirst = (profile: Profile): boolean => powers(profile).some(({ weight }) => weight === 'strong')

const will = (weight: Will['weight'], key: string, values: NonNullable<Note['values']> = {}): Will => ({
  weight,
  note: { key: `profile:will.${key}`, values },
})

const list = (texts: readonly string[]): string => {
  const shown = texts.slice(0, 4).join(', ')
  return texts.length > 4 ? `${shown} … (${texts.length})` : shown
}

function powers({ authorities = [], telemetry, sources, env }: Profile): Will[] {
  const sumdb = sources?.sumdb ?? env?.set?.['GOSUMDB']
  return [
    ...authorities.map((one) => will('strong', 'authority', { file: one.file, tools: one.for.join(', ') })),
    ...(telemetry?.otlp === undefined ? [] : [will('strong', 'telemetry', { host: hostOf(telemetry.otlp) })]),
    ...(sumdb === undefined || sumdb === 'default' || OFFICIAL_SUMDB.test(sumdb)
      ? []
      : [will('strong', 'sumdb', { name: sumdb.split('+')[0] ?? sumdb })]),
  ]
}

function imageOf({ image }: Profile): Will[] {
  if (image === undefined) return []
  const name = parseImage(image)
  if (image.startsWith('newest') || name === null) return [will('plain', 'image', { image })]
  const own = name.registry === 'docker.io' && name.repository === 'library/golang'
  return [will(own ? 'plain' : 'care', own ? 'image' : 'imageFrom', { image, host: name.registry })]
}

function sourcesOf({ sources = {}, private: patterns = [], env }: Profile): Will[] {
  const { npm } = sources
  const go = sources.go ?? env?.set?.['GOPROXY']
  const named: readonly (readonly [string, readonly string[]])[] = [
    ['go', go === undefined ? [] : splitGoProxy(go).map(({ value }) => value)],
    ['docker', typeof sources.docker === 'string' ? [sources.docker] : (sources.docker ?? [])],
    ['npm', typeof npm === 'string' ? [npm] : npm?.default === undefined ? [] : [npm.default]],
    ['apt', sources.apt === undefined ? [] : [sources.apt]],
    ['pip', sources.pip === undefined ? [] : [sources.pip]],
  ]
  const scopes = typeof npm === 'object' ? Object.entries(npm.scopes ?? {}) : []
  const settled = named.flatMap(([target, urls]) => (urls[0] === 'auto' ? [target] : []))
  return [
    ...(settled.length === 0 ? [] : [will('plain', 'auto', { targets: settled.join(', ') })]),
    ...named.flatMap(([target, urls]) => sourceOf(target, urls)),
    ...scopes.flatMap(([scope, url]) => sourceOf(`npm ${scope}`, [url])),
    ...(patterns.length === 0 ? [] : [will('care', 'private', { patterns: list(patterns) })]),
  ]
}

/** What a source is read from, by its hosts; one that anybody on the way could change is told apart. */
function sourceOf(target: string, urls: readonly string[]): Will[] {
  if (urls.length === 0 || urls[0] === 'auto') return []
  if (urls[0] === 'official') return [will('plain', 'official', { target })]
  const open = urls.some((url) => url.startsWith('http:') && !/^http:\/\/(127\.|localhost[:/]|\[::1\])/.test(url))
  const hosts = list([...new Set(urls.map(hostOf))])
  return [will(open ? 'care' : 'plain', open ? 'sourceOpen' : 'source', { target, hosts })]
}

function environmentOf({ env = {} }: Profile): Will[] {
  const names = Object.keys(env.set ?? {})
  const proxies = names.filter((name) => PROXIES.test(name))
  const others = names.filter((name) => !PROXIES.test(name))
  return [
    ...(env.scope === 'system' ? [will('care', 'system')] : []),
    ...proxies.map((name) => will('care', 'proxy', { name, value: env.set?.[name] ?? '' })),
    ...(others.length === 0 ? [] : [will('plain', 'variables', { names: list(others) })]),
    ...(env.path === undefined || env.path.length === 0 ? [] : [will('care', 'path', { folders: list(env.path) })]),
  ]
}

/** The host of an address; a word (direct, off) and a file's address stay as they are. */
function hostOf(url: string): string {
  try {
    return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`).host || url
  } catch {
    return url
  }
}
