import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { idOf, memberOf, readArchive } from './archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-archive-'))
afterAll(() => rmSync(folder, { recursive: true }))
const ID = 'ab'.repeat(32)
const IMAGE = 'golang:1.26-alpine'

type Entry = { name: string; body?: string; type?: string; link?: string; size?: string; prefix?: string }
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, body = '', type = '0', link = '', size, prefix = '' }) => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write(size ?? `${Buffer.byteLength(body).toString(8).padStart(11, '0')}\0`, 124)
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\0', 257)
    header.write(prefix, 345)
    const content = Buffer.alloc(Math.ceil(Buffer.byteLength(body) / 512) * 512)
    content.write(body)
    return [header, content]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}
const list = (changes: Record<string, unknown> = {}) =>
  JSON.stringify([{ Config: `${ID}.json`, RepoTags: [IMAGE], Layers: ['1/layer.tar', '2/layer.tar'], ...changes }])
const whole = (manifest = list()): Entry[] => [
  { name: `${ID}.json`, body: '{}' },
  { name: '1/', type: '5' },
  { name: '1/layer.tar', body: 'layer' },
  { name: '2/layer.tar', type: '2', link: '../1/layer.tar' },
  { name: 'manifest.json', body: manifest },
]
const NAME = 'io.containerd.image.name'
const REF = 'org.opencontainers.image.ref.name'
const index = (annotations: Record<string, string>): Entry => ({
  name: 'index.json',
  body: JSON.stringify({ manifests: [{ annotations }] }),
})
const read = (entries: readonly Entry[]) => {
  const path = join(folder, 'image.tar')
  writeFileSync(path, tar(entries))
  return readArchive(path, IMAGE, 'images/x.tar')
}

test('an archive with the one image that is expected', async () => {
  const archive = await read(whole())
  expect(idOf(archive)).toBe(`sha256:${ID}`)
  expect(memberOf(archive.members, '2/layer.tar')).toEqual(archive.members.get('1/layer.tar'))
  const names = list({ RepoTags: ['docker.io/library/golang:1.26-alpine'] })
  expect(idOf(await read(whole(names)))).toBe(`sha256:${ID}`)
  const both = index({ [NAME]: 'docker.io/library/golang:1.26-alpine', [REF]: '1.26-alpine' })
  expect(idOf(await read([both, ...whole()]))).toBe(`sha256:${ID}`)
})

test('an extended header may say when a file was written', async () => {
  const times = { name: 'PaxHeaders.0/x', type: 'x', body: '27 mtime=1700000000.123456\n' }
  expect(idOf(await read([times, ...whole()]))).toBe(`sha256:${ID}`)
})

test.each<[string, Entry[]]>([
  ['another name', whole(list({ RepoTags: ['ubuntu:latest'] }))],
  ['a second name', whole(list({ RepoTags: [IMAGE, 'ubuntu:latest'] }))],
  ['no name', whole(list({ RepoTags: null }))],
  ['a second image', whole(JSON.stringify([...JSON.parse(list()), ...JSON.parse(list())]))],
  ['a missing layer', whole(list({ Layers: ['3/layer.tar'] }))],
  ['a configuration without a hash', whole(list({ Config: '1/layer.tar' }))],
  ['a way out', [...whole(), { name: '../x', body: 'x' }]],
  ['an absolute name', [...whole(), { name: '/etc/passwd', body: 'x' }]],
  ['a second list', [...whole(), { name: 'manifest.json', body: list({ RepoTags: ['ubuntu:latest'] }) }]],
  ['a long name', [{ name: '././@LongLink', type: 'L', body: 'manifest.json\0' }, ...whole()]],
  ['a name in an extended header', [{ name: 'x', type: 'x', body: '22 path=manifest.json\n' }, ...whole()]],
  ['a device', [...whole(), { name: 'null', type: '3' }]],
  ['a name for containerd', [...whole(), index({ [NAME]: 'docker.io/library/ubuntu:latest' })]],
  ['a name for containerd in the other place', [...whole(), index({ [REF]: 'docker.io/library/ubuntu:latest' })]],
  ['a list that Go reads otherwise', whole(list({ repoTags: ['ubuntu:latest'] }))],
  [
    'annotations that Go reads',
    [...whole(), { ...index({ x: '1' }), body: '{"manifests":[{"annotation\u017f":{}}]}' }],
  ],
  ['a packed archive', [{ name: '\x1f\x08', body: 'x' }, ...whole()]],
  [
    'a packed archive in an extended header',
    [{ name: '\x1f\x08', type: 'x', body: '20 mtime=1700000000\n' }, ...whole()],
  ],
  ['a key twice', whole(list().replace('[{', '[{"RepoTags":["ubuntu:latest"],'))],
  ['a size behind a zero', [{ name: 'a', body: 'x'.repeat(512), size: '\x001000' }, ...whole()]],
  ['a size in another notation', [{ name: 'a', size: '\x7f\0\0\0\0\0\0\0\0\0\x02\0' }, ...whole()]],
  ['a folder with a content', [{ name: 'a/', type: '5', body: 'x'.repeat(512) }, ...whole()]],
  ['a file named as a folder', [{ name: 'a/', body: 'x'.repeat(512) }, ...whole()]],
  ['a list by another path', [...whole(), { name: './manifest.json', body: list({ RepoTags: ['ubuntu:latest'] }) }]],
  ['a list behind a link', [...whole(), { name: 'd', type: '2', link: '.' }, { name: 'd/manifest.json', body: '[]' }]],
  ['a name in two parts', [...whole(), { name: 'manifest.json', prefix: 'a', body: '[]' }]],
  ['a sparse name', [{ name: 'x', type: 'x', body: '34 GNU.sparse.name=manifest.json\n' }, ...whole()]],
  ['a signed length', [{ name: 'x', type: 'x', body: '+22 path=manifest.json\n' }, ...whole()]],
  ['nothing', []],
])('refused: %s', async (_, entries) => {
  await expect(read(entries)).rejects.toMatchObject({ code: 'kit-damaged', values: { path: 'images/x.tar' } })
})
