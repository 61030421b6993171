import { z } from 'zod'
import { profileSchema } from './profile.ts'

/** A name, no address: nothing is fetched by it. Editors are told where the file lies. */
const ID = 'urn:goready:profile:1'

type About = { title: string; description: string; pattern?: string; examples?: readonly unknown[] }

const ADDRESS = '^https?://[^\\s"\'`\\\\<>^{}|,$@?#]+$'

/**
 * What the schema says of itself in editors, by the place in a profile: a title in Chinese, a sentence in English,
 * and as a pattern what a grammar of ours can be told by at most. The grammar itself is stricter.
 */
const ABOUT: Readonly<Record<string, About>> = {
  '': {
    title: 'GoReady 配置 / profile',
    description: 'The desired state of a machine. Every entry but version is optional.',
  },
  version: { title: '格式版本', description: 'Always 1.' },
  image: {
    title: 'Go 版本（Docker 镜像 image）',
    description: 'An image reference, or newest, or newest-alpine. Without it nothing is pulled.',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._/:@-]*$',
    examples: ['newest', 'golang:1.26-alpine'],
  },
  pull: {
    title: '拉取方式',
    description: 'mirrors: through daemon.json; direct: by the mirror’s own name; auto: whichever is possible.',
  },
  sources: { title: '下载源', description: 'Where each tool downloads from.' },
  'sources.go': {
    title: 'Go 模块（GOPROXY）',
    description: 'auto, official, an address, or a list as GOPROXY takes it. An entry must not hold a password.',
    pattern: '^[^\\s@]+( *[,|] *[^\\s@]+)*$',
    examples: ['auto', 'https://goproxy.cn,direct'],
  },
  'sources.sumdb': {
    title: '校验数据库（GOSUMDB）',
    description: 'default is Go’s own. A name, or name+hash+key, each with an address behind it; off is refused.',
    pattern: '^(?!off$)[A-Za-z0-9./-]+(\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+)?( https?://\\S+)?$',
  },
  'sources.docker': {
    title: 'Docker 镜像源（mirror）',
    description: 'auto, official, or addresses of mirrors in their order.',
  },
  'sources.npm': { title: 'npm 源', description: 'auto, official, an address, or addresses by scope.' },
  'sources.npm.default': { title: '默认源', description: 'For packages without a scope of their own.' },
  'sources.npm.scopes': { title: '按 scope 的源', description: 'An address for each scope, e.g. "@company".' },
  'sources.apt': { title: '系统软件包（apt）', description: 'auto, official, or the address of an archive.' },
  'sources.pip': { title: 'pip 源', description: 'auto, official, or an address.' },
  private: {
    title: '内部模块（GOPRIVATE）',
    description: 'Patterns of module paths that are fetched directly and not looked up.',
  },
  'private.*': { title: '模式', description: 'A glob of path prefixes.', pattern: '^[A-Za-z0-9.*?[\\]_~/-]+$' },
  authorities: {
    title: '信任的证书（CA）',
    description: 'Authorities that tools are to believe. The strongest power that a profile has.',
  },
  'authorities.*.file': {
    title: '证书文件（PEM）',
    description: 'Beside the profile or below it, or with its whole path.',
    pattern: '^(?!.*(^|[/\\\\])\\.\\.([/\\\\]|$))(?![/\\\\]{2})[^\\u0000-\\u001f]+$',
  },
  'authorities.*.for': { title: '用于', description: 'The tools that are to believe it.' },
  'authorities.*.client': {
    title: '客户端证书',
    description: 'What a registry asks of its clients: certificate and key as PEM.',
  },
  env: { title: '环境变量', description: 'Variables of the user or of the system.' },
  'env.scope': { title: '范围', description: 'user, or system for everybody of this machine.' },
  'env.shells': { title: 'Shell', description: 'Which shells get the variables; by default those installed.' },
  'env.set': {
    title: '变量',
    description: 'Names and values. Names that start programs, load libraries or switch checks off are refused.',
  },
  'env.path': { title: 'PATH 目录', description: 'Folders for PATH: absolute, or below ~/.' },
  'env.path.*': {
    title: '目录',
    description: 'Absolute, or below ~/.',
    pattern: '^(/(?!/)|~/|[A-Za-z]:[\\\\/])(?!(.*[/\\\\])?\\.\\.([/\\\\]|$))[^\\u0000-\\u001f]*$',
  },
  policy: { title: '超时与重试', description: 'How patient downloads are.' },
  'policy.timeout': {
    title: '超时',
    description: 'A number with ms, s or m.',
    pattern: '^[0-9]{1,6}(ms|s|m)$',
    examples: ['10s'],
  },
  'policy.retries': { title: '重试次数', description: 'How often a download is tried again.' },
  telemetry: { title: '运行数据', description: 'Off unless an address is named.' },
  'telemetry.otlp': {
    title: 'OTLP 接收地址',
    description: 'A collector that gets traces and metrics of runs.',
    pattern: ADDRESS,
  },
  locked: {
    title: '锁定的条目',
    description: 'Entries that nobody changes in the wizard, e.g. sources.docker.',
    examples: [['sources.docker', 'image']],
  },
  remark: { title: '备注', description: 'Shown to whoever opens the profile.' },
}

type Node = { [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A profile as JSON Schema (2020-12). What only a grammar can tell is stricter when the program reads it. */
export function profileJsonSchema(): Node {
  const { $schema, ...rest } = z.toJSONSchema(profileSchema, { io: 'input', target: 'draft-2020-12' })
  return { $schema, $id: ID, ...annotated(rest, '') }
}

/** The texts of sources are addresses, but for Go's own two. */
const isAddress = (place: string): boolean => /^sources\.(?!go$|sumdb)/.test(place)

function annotated(node: Node, given: string): Node {
  const { properties, items, anyOf, additionalProperties, ...rest } = node
  const place = given.replaceAll('|', '')
  const { pattern, ...words } = ABOUT[place] ?? {}
  const about = given === place ? words : {}
  const text = node['type'] === 'string' && node['const'] === undefined
  if (text && isAddress(place)) return { ...about, ...rest, pattern: ADDRESS }
  return {
    ...about,
    ...rest,
    ...(text && pattern !== undefined ? { pattern } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.filter(isNode).map((one) => annotated(one, `${given}|`)) } : {}),
    ...(isNode(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, one]) => {
              return [name, isNode(one) ? annotated(one, place === '' ? name : `${place}.${name}`) : one]
            }),
          ),
        }
      : {}),
    ...(isNode(additionalProperties)
      ? { additionalProperties: annotated(additionalProperties, `${place}.*`) }
      : additionalProperties === undefined
        ? {}
        : { additionalProperties }),
    ...(place === 'env.set' ? { propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]{0,254}$' } } : {}),
    ...(isNode(items) ? { items: annotated(items, `${place}.*`) } : {}),
  }
}
