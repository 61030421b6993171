import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { profileJsonSchema } from './profile-schema.ts'
import { profileSchema } from './profile.ts'

const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(profileJsonSchema())

const WHOLE = {
  version: 1,
  image: 'golang:1.26-alpine',
  pull: 'mirrors',
  sources: {
    go: 'https://goproxy.cn|direct',
    sumdb: 'default',
    docker: ['https://docker.m.daocloud.io'],
    npm: { default: 'auto', scopes: { '@mycompany': 'https://nexus.example.com/repository/npm-private/' } },
    apt: 'official',
    pip: 'auto',
  },
  private: ['corp.example.com', '*.lab.example.com'],
  authorities: [{ file: 'room-ca.pem', for: ['docker', 'npm', 'go'], client: { cert: 'c.pem', key: 'k.pem' } }],
  env: {
    scope: 'user',
    shells: ['bash', 'zsh', 'fish'],
    set: { GOFLAGS: '-mod=mod' },
    path: ['~/go/bin', 'C:\\go\\bin'],
  },
  policy: { timeout: '10s', retries: 2 },
  telemetry: { otlp: 'https://collector.example.com:4318' },
  locked: ['sources.docker', 'env.set.GO111MODULE'],
  remark: '计算机系 2026 秋\n第二行',
}

test('the published file is what the program reads profiles with', () => {
  const file: unknown = JSON.parse(readFileSync('assets/profile.schema.json', 'utf8'))
  expect(file, 'node scripts/profile-schema.mjs').toEqual(profileJsonSchema())
})

test.each([
  { version: 1 },
  WHOLE,
  {
    version: 1,
    image: 'newest',
    sources: { npm: 'official', docker: 'auto', sumdb: 'sum.golang.google.cn', pip: 'http://10.0.0.1/simple/' },
  },
  {
    version: 1,
    image: 'localhost:5000/golang',
    sources: { go: 'goproxy.cn,direct', sumdb: 'lab+0123abcd+AbC/+= https://x' },
  },
  { version: 1, authorities: [{ file: '/etc/ssl/room.pem', for: ['go'] }], env: { path: ['/opt/a b'] } },
])('a profile passes both: %j', (profile) => {
  expect(profileSchema.safeParse(profile).success).toBe(true)
  expect(valid(profile), JSON.stringify(valid.errors)).toBe(true)
})

const BOTH = [
  {},
  { version: 2 },
  { version: 1, imgae: 'golang' },
  { version: 1, image: '$(id)' },
  { version: 1, pull: 'never' },
  { version: 1, sources: { gopher: 'x' } },
  { version: 1, sources: { go: 'https://u:p@x' } },
  { version: 1, sources: { sumdb: 'off' } },
  { version: 1, sources: { docker: ['ftp://x'] } },
  { version: 1, sources: { npm: { scopes: { mycompany: 'https://x' } } } },
  { version: 1, sources: { npm: { scopes: { '@x': 'nexus' } } } },
  { version: 1, sources: { pip: 'https://x/?a=1' } },
  { version: 1, private: ['a b'] },
  { version: 1, authorities: [{ file: '../../etc/shadow', for: ['go'] }] },
  { version: 1, authorities: [{ file: '\\\\host\\ca.pem', for: ['go'] }] },
  { version: 1, authorities: [{ file: 'ca.pem', for: [] }] },
  { version: 1, env: { set: { 'A-B': 'x' } } },
  { version: 1, env: { set: { A: 1 } } },
  { version: 1, env: { path: ['bin'] } },
  { version: 1, env: { path: ['/a/../b'] } },
  { version: 1, policy: { timeout: '1h' } },
  { version: 1, policy: { retries: 11 } },
  { version: 1, telemetry: { otlp: 'collector' } },
  { version: 1, locked: ['Sources'] },
]
test.each(BOTH)('neither takes %j', (profile) => {
  expect(profileSchema.safeParse(profile).success).toBe(false)
  expect(valid(profile)).toBe(false)
})

/** What no pattern can say, or only one that nobody could read: here the program alone refuses. */
const STRICTER = [
  { version: 1, env: { set: { LD_PRELOAD: '/x.so' } } },
  { version: 1, env: { set: { GOFLAGS: '-toolexec=/x' } } },
  { version: 1, env: { set: { GOSUMDB: 'off' } } },
  { version: 1, env: { path: ['/tmp/bin'] } },
  { version: 1, private: ['*.com'] },
  { version: 1, image: 'golang:' },
  { version: 1, sources: { go: 'goproxycn' } },
  { version: 1, sources: { apt: 'https://x/a%20b' } },
  { version: 1, policy: { timeout: '0s' } },
  { version: 1, remark: '\u202e' },
]
test.each(STRICTER)('only the program refuses %j', (profile) => {
  expect(profileSchema.safeParse(profile).success).toBe(false)
  expect(valid(profile)).toBe(true)
})

type Node = { [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

test('every entry says what it is, in both languages', () => {
  const bare: string[] = []
  const look = (node: unknown, place: string): void => {
    if (!isNode(node)) return
    const { properties } = node
    for (const [name, one] of Object.entries(isNode(properties) ? properties : {})) {
      const words = isNode(one) ? `${String(one['title'])} ${String(one['description'])}` : ''
      // A certificate and its key are files like the others.
      if (!/[\u4e00-\u9fff]|PATH|Shell/.test(words) || words.includes('undefined')) bare.push(`${place}.${name}`)
      look(one, `${place}.${name}`)
    }
    for (const one of [node['items'], ...(Array.isArray(node['anyOf']) ? node['anyOf'] : [])]) look(one, place)
  }
  look(profileJsonSchema(), '')
  expect(bare.filter((place) => !/client\.(cert|key)$/.test(place))).toEqual([])
})
