import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { idOf, memberOf, readArchive } from './archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-archive-'))
afterAll(() => rmSync(folder, { recursive: true }))
const ID = 'ab'.repeat(32)
const IMAGE = 'golang:1.26-alpine'

type Entry = { name: string; body?: string; type?: string; link?: string }
function tar(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, body = '', type = '0', link = '' }) => {
    const header = Buffer.alloc(512)
    header.write(name, 0)
    header.write(`${Buffer.byteLength(body).toString(8).padStart(11, '0')}\0`, 124)
    header.write(type, 156)
    header.write(link, 157)
    header.write('ustar\0', 257)
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
  [
    'a name for containerd',
    [
      ...whole(),
      {
        name: 'index.json',
        body: JSON.stringify({
          manifests: [{ annotations: { 'io.containerd.image.name': 'docker.io/library/ubuntu:latest' } }],
        }),
      },
    ],
  ],
  ['nothing', []],
])('refused: %s', async (_, entries) => {
  await expect(read(entries)).rejects.toMatchObject({ code: 'kit-damaged', values: { path: 'images/x.tar' } })
})
