import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, projectRoot } from './cache.ts'
import { unpackDebian } from './images/download.ts'
import { must } from './process.ts'

/** Real modules, from Debian's source packages. None of them needs another one. */
const MODULES = [
  { path: 'github.com/pkg/errors', version: 'v0.9.1', package: 'golang-github-pkg-errors-dev' },
  { path: 'github.com/google/uuid', version: 'v1.3.0', package: 'golang-github-google-uuid-dev' },
  { path: 'github.com/BurntSushi/toml', version: 'v1.2.0', package: 'golang-github-burntsushi-toml-dev' },
  {
    path: 'golang.org/x/xerrors',
    version: 'v0.0.0-20200804184101-5ec99f83aff1',
    package: 'golang-golang-x-xerrors-dev',
  },
] as const

export type ModuleList = readonly { path: string; version: string; dir: string }[]

/** The source trees of the lab's modules, each with a go.mod, out of the cache. */
export async function moduleTrees(): Promise<ModuleList> {
  const key = digest(JSON.stringify(MODULES))
  const folder = await cached(`modules-${key}`, async (into) => {
    const work = join(into, 'work')
    await unpackDebian(
      MODULES.map((module) => module.package),
      work,
    )
    for (const module of MODULES) {
      const dir = join(into, treeName(module.path))
      await cp(join(work, 'usr/share/gocode/src', module.path), dir, { recursive: true, dereference: true })
      const file = join(dir, 'go.mod')
      if (!existsSync(file)) await writeFile(file, `module ${module.path}\n`)
    }
    await rm(work, { recursive: true })
  })
  return MODULES.map(({ path, version }) => ({ path, version, dir: join(folder, treeName(path)) }))
}

/** The lab's module server, compiled from e2e/lab/sumdb with Debian's Go and golang.org/x/mod. */
export async function moduleServer(): Promise<string> {
  const source = join(projectRoot(), 'e2e/lab/sumdb')
  const files = (await readdir(source)).filter((name) => name.endsWith('.go')).toSorted()
  const texts = await Promise.all(files.map((name) => readFile(join(source, name), 'utf8')))
  const folder = await cached(`goproxy-${digest(texts.join('\0'))}`, async (into) => {
    const build = join(into, 'build')
    await mkdir(build)
    const env = {
      PATH: process.env.PATH,
      HOME: build,
      GO111MODULE: 'off',
      GOPATH: '/usr/share/gocode',
      GOCACHE: join(build, 'cache'),
      GOFLAGS: '',
      CGO_ENABLED: '0',
    }
    await must(['go', 'build', '-o', join(into, 'goproxy'), '.'], { cwd: source, env, timeout: 300_000 })
    await rm(build, { recursive: true })
  })
  return join(folder, 'goproxy')
}

function treeName(path: string): string {
  return path.replaceAll('/', '_')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
