import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { profile } from '../harness.ts'
import { makeCertificates } from '../lab/certificates.ts'
import type { Lab } from '../lab/lab.ts'
import { type NpmRegistry, startNpmRegistry } from '../lab/npm-registry.ts'

export const IMAGE = 'golang:1.26-alpine'
/** A module with capitals and a dependency of its own. */
export const CHAIN = { path: 'example.test/Room/Chain', version: 'v1.2.0' }

/** What a teacher has: a profile, a go.mod, a package-lock.json, an installer. */
export type Wares = { profile: string; goMod: string; npmLock: string; installer: string; npm: NpmRegistry }

/** Lays them out in `lab.dir`; the modules and packages lie on the lab's servers. */
export async function layOut(lab: Lab): Promise<Wares> {
  const folder = join(lab.dir, 'lesson')
  await mkdir(folder)
  const certificates = await makeCertificates(join(lab.dir, 'npm-tls'), [`IP:${lab.bridge.address}`])
  const npm = await startNpmRegistry(join(lab.dir, 'npm'), lab.bridge.address, certificates)
  for (const name of ['left-room', '@room/right']) await npm.publish(name, '1.0.0')
  await lab.goproxy.addModule(CHAIN.path, CHAIN.version, {
    'go.mod': `module ${CHAIN.path}\n\ngo 1.16\n\nrequire github.com/pkg/errors v0.9.1\n`,
    'chain.go':
      'package chain\n\nimport "github.com/pkg/errors"\n\nfunc Say() string { return errors.New("chained").Error() }\n',
  })
  const put = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text)
    return join(folder, name)
  }
  const requires = [`${CHAIN.path} ${CHAIN.version}`, 'golang.org/x/xerrors v0.0.0-20200804184101-5ec99f83aff1']
  const indirect = 'github.com/pkg/errors v0.9.1 // indirect'
  const goMod = `module lesson\n\ngo 1.19\n\nrequire (\n\t${[...requires, indirect].join('\n\t')}\n)\n`
  await put('package.json', JSON.stringify({ name: 'lesson', version: '1.0.0', dependencies: DEPENDENCIES }))
  return {
    npm,
    profile: await profile(lab, {
      image: IMAGE,
      pull: 'direct',
      sources: { go: lab.goproxy.url, sumdb: lab.goproxy.sumdb, docker: [lab.registry.url], npm: npm.url },
      remark: '第一课',
    }),
    goMod: await put('go.mod', goMod),
    npmLock: await put('package-lock.json', JSON.stringify(await lockOf(npm), null, 2)),
    installer: await put('goready_0.1.0_amd64.deb', 'an installer\n'),
  }
}

const DEPENDENCIES = { 'left-room': '1.0.0', '@room/right': '1.0.0' }

/** As npm writes it. */
async function lockOf(npm: NpmRegistry): Promise<unknown> {
  const root = { name: 'lesson', version: '1.0.0', dependencies: DEPENDENCIES }
  const packages: Record<string, unknown> = { '': root }
  for (const [name, version] of Object.entries(DEPENDENCIES)) {
    const resolved = `${npm.url}/${name}/-/${name.replace(/^.*\//, '')}-${version}.tgz`
    const tarball = Buffer.from(await (await fetch(resolved)).arrayBuffer())
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    packages[`node_modules/${name}`] = { version, resolved, integrity }
  }
  return { name: 'lesson', version: '1.0.0', lockfileVersion: 3, requires: true, packages }
}

/** The command line that makes a kit of them. */
export const makeArgs = (wares: Wares, out: string): string[] => [
  ...['kit', 'make', '--json', '--profile', wares.profile, '--out', out, '--go-mod', wares.goMod],
  ...['--npm-lock', wares.npmLock, '--installer', wares.installer],
]

/** A student's project with both dependencies, and one of npm. */
export async function startProject(wares: Wares, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const path of [wares.goMod, wares.npmLock, join(wares.goMod, '../package.json')])
    await writeFile(join(folder, path.slice(path.lastIndexOf('/') + 1)), await readFile(path))
  const imports = `import (\n\t"fmt"\n\n\tchain "${CHAIN.path}"\n\t"golang.org/x/xerrors"\n)\n`
  const main = 'func main() { fmt.Println(chain.Say(), xerrors.New("twice")) }\n'
  await writeFile(join(folder, 'main.go'), `package main\n\n${imports}\n${main}`)
}

/** What that program says. */
export const SAYS = 'chained twice'
