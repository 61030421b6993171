import { createHash, randomBytes } from 'node:crypto'
import { zipSync } from 'fflate'
import { afterEach, expect, test } from 'vitest'
import { candidate, checkAll, closeAll, listen, openHttp } from '../../../e2e/mirror-support.ts'
import { pipAdapter } from './pip.ts'

afterEach(closeAll)

const DAY = 24 * 3600 * 1000
const now = Date.parse('2026-11-22T12:00:00Z')
const ago = (days: number): string => new Date(now - days * DAY).toISOString()
const adapter = pipAdapter({ proof: 'Lab_Small', bulk: 'lab-large' }, () => now)
const SMALL = zipOf('small')
const LARGE = zipOf(randomBytes(50_000).toString('hex'))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function zipOf(text: string): Buffer {
  return Buffer.from(zipSync({ 'a.py': Buffer.from(text) }, { mtime: '2026-01-01' }))
}

type Index = {
  form: 'json' | 'page'
  small: Buffer
  announced: string
  version: string
  uploaded: string
  /** Where the files are said to stand; default: relative to the index. */
  files: string
  instead(path: string): { status: number; body: string } | null
}

/** An index of two projects, as a page (PEP 503) or as JSON (PEP 691). */
function index(changes: Partial<Index> = {}): Promise<string> {
  const small = changes.small ?? SMALL
  const own: Index = {
    ...{ form: 'page', small, announced: sha256(small), version: '1.2', uploaded: ago(20), files: '../../files' },
    instead: () => null,
    ...changes,
  }
  const names = (project: string): [string, string, Buffer][] => {
    const name = project.replace('-', '_')
    const hash = project === 'lab-small' ? own.announced : sha256(LARGE)
    return [
      [`${name}-0.9-py3-none-any.whl`, '0'.repeat(64), small],
      [`${name}-${own.version}-py3-none-any.whl`, hash, small],
      [`${name}-${own.version}.tar.gz`, '1'.repeat(64), small],
      [`${name}-9.0rc1-py3-none-any.whl`, '2'.repeat(64), small],
      [`${name}-9.1-cp312-cp312-manylinux_2_17_x86_64.whl`, '3'.repeat(64), small],
    ]
  }
  return listen((request, response) => {
    const path = request.url ?? ''
    const instead = own.instead(path)
    if (instead) return response.writeHead(instead.status, { 'content-type': 'text/html' }).end(instead.body)
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1]
    if (project === 'lab-small' || project === 'lab-large') {
      const links = names(project).map(([name, hash]) => ({ name, hash, url: `${own.files}/${name}` }))
      if (own.form === 'json') {
        const files = links.map(({ name, hash, url }) => ({
          ...{ filename: name, url, hashes: { sha256: hash }, 'upload-time': own.uploaded },
        }))
        const type = 'application/vnd.pypi.simple.v1+json'
        const withdrawn = { filename: 'lab_small-8.0-py3-none-any.whl', url: 'x', hashes: {}, yanked: 'broken' }
        return response
          .writeHead(200, { 'content-type': type, 'x-pypi-last-serial': '77' })
          .end(JSON.stringify({ meta: { 'api-version': '1.1' }, name: project, files: [...files, withdrawn] }))
      }
      const rows = links.map(
        ({ name, hash, url }) => `<a href="${url}#sha256=${hash}" data-x="a&lt;b">${name}</a><br/>`,
      )
      const withdrawn = '<a href="x#sha256=00" data-yanked="">lab_small-8.0-py3-none-any.whl</a>'
      const page = `<!DOCTYPE html><html><body>${rows.join('\n')}${withdrawn}</body></html>`
      return response.writeHead(200, { 'content-type': 'text/html' }).end(page)
    }
    const file = /^\/files\/lab_(small|large)-1\.\d-py3/.exec(path)?.[1]
    if (file === undefined) return response.writeHead(404).end()
    return response.end(file === 'small' ? own.small : LARGE)
  }).then((base) => `${base}/simple`)
}

test('who serves another wheel is out, whatever hash it names; a page and JSON say the same', async () => {
  const urls = await Promise.all([
    index({ form: 'json' }),
    index(),
    index({ small: zipOf('forged') }),
    index({ small: zipOf('forged'), announced: sha256(SMALL) }),
  ])
  const names = ['official', 'page', 'consistent', 'damaged']
  const candidates = names.map((name, at) => candidate(name, urls[at] ?? '', name === 'official'))
  const { reasons, judgement, checks } = await checkAll(adapter, candidates, openHttp())
  expect(reasons).toEqual({ consistent: 'wrong-content', damaged: 'wrong-content' })
  expect([...judgement.safe].toSorted()).toEqual(['official', 'page'])
  expect(judgement.conflicts).toMatchObject([
    {
      item: 'lab_small-1.2-py3-none-any.whl',
      says: [
        { id: 'official', value: `sha256:${sha256(SMALL)}`, wrong: false },
        { id: 'page', wrong: false },
        { id: 'consistent', value: `sha256:${sha256(zipOf('forged'))}`, wrong: true },
        { id: 'damaged', wrong: true },
      ],
      verdict: { key: 'mirror:conflict.official', values: { wrong: 2, agree: 2 } },
    },
  ])
  expect(checks.get('official')).toMatchObject({ date: ago(20), says: { serial: '77', 'Lab_Small latest': '1.2' } })
  const bulk = checks.get('page')?.bulk
  expect(bulk).toMatchObject({
    size: LARGE.length,
    url: expect.stringMatching(/files\/lab_large-1\.2-py3-none-any\.whl$/),
  })
  expect(bulk?.whole?.(LARGE)).toBeNull()
  expect(bulk?.whole?.(SMALL)).toContain('instead of')
})

test('links may lead to another host: there the bytes are measured', async () => {
  const files = (await index()).replace('/simple', '/files')
  const mirror = await index({
    files,
    instead: (path) => (path.startsWith('/files') ? { status: 404, body: '' } : null),
  })
  const { reasons, checks } = await checkAll(adapter, [candidate('x', mirror)], openHttp())
  expect(reasons).toEqual({})
  expect(checks.get('x')?.bulk.url).toBe(`${files}/lab_large-1.2-py3-none-any.whl`)
})

test('an older newest version is stale, also where the index gives no dates', async () => {
  const urls = await Promise.all([index({ version: '1.1' }), index({ form: 'json' }), index({ form: 'json' })])
  const candidates = ['old', 'fresh', 'also'].map((name, at) => candidate(name, urls[at] ?? ''))
  const { reasons, judgement } = await checkAll(adapter, candidates, openHttp())
  expect(reasons).toEqual({ old: 'stale' })
  expect(judgement.conflicts).toMatchObject([
    { item: 'Lab_Small latest', verdict: { key: 'mirror:conflict.stale', values: { wrong: 1, newest: '1.2' } } },
  ])
})

test.each([
  [/lab-small/, 404, '', 'not-found'],
  [/lab-large/, 403, '', 'denied'],
  [/files\/lab_small/, 429, '', 'rate-limited'],
  [/files\/lab_large/, 200, 'no zip', 'not-artefact'],
  [/lab-small/, 200, '<!doctype html><a href="/login">log in</a>', 'not-artefact'],
  [/files\/lab_small/, 200, '<!doctype html><a href="/login">log in</a>', 'not-artefact'],
  // Links that never end, of which an expression could look at each from each.
  [/lab-small/, 200, '<a '.repeat(300_000), 'not-artefact'],
] as const)('%s: %i %.80s', async (only, status, body, reason) => {
  const url = await index({ instead: (path) => (only.test(path) ? { status, body } : null) })
  expect((await checkAll(adapter, [candidate('x', url)], openHttp())).reasons).toEqual({ x: reason })
})
