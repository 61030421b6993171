import type { Profile } from '../../electron/contract/profile.ts'

type Draft = Record<string, unknown>
/** One place of a profile that takes a text: the profile with `text` there, and how its error is to name it. */
export type Field = { name: string; key: string; with(text: string): Draft; of(profile: Profile): unknown }

const entry = <T>(record: Readonly<Record<string, T>> | undefined): T | undefined => Object.values(record ?? {})[0]
const npmOf = ({ sources }: Profile) => (typeof sources?.npm === 'object' ? sources.npm : undefined)

/** Every place of a profile that takes a text. */
export const FIELDS: readonly Field[] = [
  field(
    'image',
    (text) => ({ image: text }),
    ({ image }) => image,
  ),
  field(
    'pull',
    (text) => ({ pull: text }),
    ({ pull }) => pull,
  ),
  field(
    'sources.go',
    (text) => ({ sources: { go: text } }),
    ({ sources }) => sources?.go,
  ),
  field(
    'sources.sumdb',
    (text) => ({ sources: { sumdb: text } }),
    ({ sources }) => sources?.sumdb,
  ),
  field(
    'sources.docker',
    (text) => ({ sources: { docker: text } }),
    ({ sources }) => sources?.docker,
  ),
  field(
    'sources.docker.0',
    (text) => ({ sources: { docker: [text] } }),
    ({ sources }) => sources?.docker?.[0],
  ),
  field(
    'sources.npm',
    (text) => ({ sources: { npm: text } }),
    ({ sources }) => sources?.npm,
  ),
  field(
    'sources.npm.default',
    (text) => ({ sources: { npm: { default: text } } }),
    (one) => npmOf(one)?.default,
  ),
  field(
    'sources.npm.scopes',
    (text) => ({ sources: { npm: { scopes: own(text, 'https://n.example/') } } }),
    (one) => Object.keys(npmOf(one)?.scopes ?? {})[0],
  ),
  field(
    'sources.npm.scopes.@x',
    (text) => ({ sources: { npm: { scopes: { '@x': text } } } }),
    (one) => entry(npmOf(one)?.scopes),
  ),
  field(
    'sources.apt',
    (text) => ({ sources: { apt: text } }),
    ({ sources }) => sources?.apt,
  ),
  field(
    'sources.pip',
    (text) => ({ sources: { pip: text } }),
    ({ sources }) => sources?.pip,
  ),
  field(
    'private.0',
    (text) => ({ private: [text] }),
    (one) => one.private?.[0],
  ),
  field(
    'authorities.0.file',
    (text) => ({ authorities: [{ file: text, for: ['docker'] }] }),
    (one) => one.authorities?.[0]?.file,
  ),
  field(
    'authorities.0.for.0',
    (text) => ({ authorities: [{ file: 'a.pem', for: [text] }] }),
    (one) => one.authorities?.[0]?.for[0],
  ),
  field(
    'authorities.0.client.cert',
    (text) => ({ authorities: [{ file: 'a.pem', for: ['docker'], client: { cert: text, key: 'k' } }] }),
    (one) => one.authorities?.[0]?.client?.cert,
  ),
  field(
    'authorities.0.client.key',
    (text) => ({ authorities: [{ file: 'a.pem', for: ['docker'], client: { cert: 'c', key: text } }] }),
    (one) => one.authorities?.[0]?.client?.key,
  ),
  field(
    'env.scope',
    (text) => ({ env: { scope: text } }),
    ({ env }) => env?.scope,
  ),
  field(
    'env.shells.0',
    (text) => ({ env: { shells: [text] } }),
    ({ env }) => env?.shells?.[0],
  ),
  field(
    'env.set',
    (text) => ({ env: { set: own(text, 'x') } }),
    ({ env }) => Object.keys(env?.set ?? {})[0],
  ),
  ...['HOSTILE', 'GOPROXY', 'GOSUMDB', 'GOFLAGS', 'GOPRIVATE', 'GONOPROXY', 'GOTOOLCHAIN', 'HTTPS_PROXY'].map((name) =>
    field(
      `env.set.${name}`,
      (text) => ({ env: { set: { [name]: text } } }),
      ({ env }) => env?.set?.[name],
    ),
  ),
  field(
    'env.path.0',
    (text) => ({ env: { path: [text] } }),
    ({ env }) => env?.path?.[0],
  ),
  field(
    'policy.timeout',
    (text) => ({ policy: { timeout: text } }),
    ({ policy }) => policy?.timeout,
  ),
  field(
    'policy.retries',
    (text) => ({ policy: { retries: text } }),
    ({ policy }) => policy?.retries,
  ),
  field(
    'telemetry.otlp',
    (text) => ({ telemetry: { otlp: text } }),
    ({ telemetry }) => telemetry?.otlp,
  ),
  field(
    'locked.0',
    (text) => ({ locked: [text] }),
    ({ locked }) => locked?.[0],
  ),
  field(
    'remark',
    (text) => ({ remark: text }),
    ({ remark }) => remark,
  ),
]

function field(name: string, make: (text: string) => Draft, of: Field['of']): Field {
  return { name, key: name, with: (text) => ({ version: 1, ...make(text) }), of }
}

/** An object with one key of its own, whatever it is called. */
const own = (name: string, value: string): Draft => Object.fromEntries([[name, value]])

/** A text in the places of an address: alone, as the host, in the path, behind a comma. */
export const asUrls = (text: string): readonly string[] => [
  text,
  `https://${text}.example/`,
  `https://mirror.example/${text}`,
  `https://mirror.example/a,${text}`,
]

/** A text in the places of a folder: alone, below the root, below the home. */
export const asPaths = (text: string): readonly string[] => [text, `/opt/${text}`, `~/${text}/bin`]
