import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadCatalogue } from '../../electron/docker/catalogue.ts'
import { type Lab, startLab } from './lab.ts'

let lab: Lab
let scratch: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'grl-test-'))
  lab = await startLab({ hub: true })
})

afterAll(async () => {
  await lab.stop()
  await rm(scratch, { recursive: true, force: true })
  expect(await lab.leftovers()).toEqual([])
})

const HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n'
const SERVER = 'package main\n\nimport "net/http"\n\nfunc main() { println(http.StatusText(200)) }\n'

test.each([
  { tag: '1.26-alpine', version: '1.26.5', has: [], source: HELLO, says: 'hello' },
  { tag: '1.26', version: '1.26.5', has: ['git', 'bash', 'gcc', 'make'], source: HELLO, says: 'hello' },
  // net/http uses cgo where there is a C compiler.
  { tag: '1.19-bookworm', version: '1.19.8', has: ['git', 'bash', 'gcc', 'make'], source: SERVER, says: 'OK' },
])('golang:$tag builds a program with Go $version', async ({ tag, version, has, source, says }) => {
  const folder = join(scratch, tag)
  await mkdir(folder)
  await writeFile(join(folder, 'main.go'), source)
  await writeFile(join(folder, 'go.mod'), 'module hello\n\ngo 1.18\n')
  // The second image with the same Go finds what the first one compiled.
  const cache = ['--volume', `${join(scratch, 'cache')}:/cache`, '--env', 'GOCACHE=/cache']
  const inside = ['run', '--rm', ...cache, '--volume', `${folder}:/work`, '--workdir', '/work', `golang:${tag}`]
  expect(await lab.docker(...inside, 'go', 'version')).toBe(`go version go${version} linux/amd64`)
  expect(await lab.docker(...inside, 'sh', '-c', 'go build -o hello . && ./hello 2>&1')).toBe(says)
  const programs = ['git', 'bash', 'gcc', 'make']
  const found = await lab.docker(
    ...inside,
    'sh',
    '-c',
    `for name in ${programs.join(' ')}; do command -v $name; done; true`,
  )
  expect(found.split('\n').filter((path) => path !== '')).toEqual(has.map((name) => `/usr/bin/${name}`))
  // Not only there: the libraries are there too.
  for (const name of has) expect(await lab.docker(...inside, name, '--version')).not.toBe('')
})

test('the tag that lies answers with another Go than it names', async () => {
  expect(await lab.docker('run', '--rm', 'golang:1.18-alpine', 'go', 'version')).toContain('go1.26.5')
  expect(await lab.docker('inspect', 'golang:1.18-alpine', '--format', '{{json .Config.Env}}')).toContain('=1.18.10')
})

test('a tag for another processor has no manifest here, and one that is not there is unknown', async () => {
  await expect(lab.docker('pull', 'golang:1.26-arm64only')).rejects.toThrow('no matching manifest for linux/amd64')
  await expect(lab.docker('pull', 'golang:1.99')).rejects.toThrow('manifest unknown')
})

test("the catalogue's tags have the sizes that the registry's manifests give", async () => {
  const catalogue = loadCatalogue(await readFile(lab.catalogue, 'utf8'))
  const size = catalogue.tags.find(({ tag }) => tag === '1.26-alpine')?.size
  const get = async (reference: string, type: string): Promise<string> => {
    const answer = await fetch(`${lab.registry.url}/v2/library/golang/manifests/${reference}`, {
      headers: { Accept: `application/vnd.docker.distribution.${type}+json` },
    })
    return answer.text()
  }
  const digest = /"digest":"(sha256:[0-9a-f]{64})"/.exec(await get('1.26-alpine', 'manifest.list.v2'))?.[1] ?? ''
  const manifest = await get(digest, 'manifest.v2')
  const layers = manifest.slice(manifest.indexOf('"layers"')).matchAll(/"size":(\d+)/g)
  expect([...layers].reduce((sum, match) => sum + Number(match[1]), 0)).toBe(size)
})
