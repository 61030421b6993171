import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { electronBinary } from '../../scripts/electron.mjs'
import { projectRoot } from './cache.ts'
import type { Certificates } from './certificates.ts'
import type { Faults } from './faults.ts'
import { type Access, startFront } from './front.ts'
import { must, serve, until } from './process.ts'

/** A real npm registry (verdaccio) that knows nothing but what is published to it. */
export type NpmRegistry = {
  url: string
  httpsUrl: string
  faults: Faults
  log(): readonly Access[]
  bytes(): number
  /** Publishes a package of one file with `npm publish`; the same text is the same tarball. */
  publish(name: string, version: string, text?: string): Promise<void>
  stop(): Promise<void>
}

const CONFIG = (dir: string): string => `storage: ${dir}/storage
auth: { htpasswd: { file: ${dir}/htpasswd } }
uplinks: {}
packages:
  '@*/*': { access: $all, publish: $all }
  '**': { access: $all, publish: $all }
web: { enable: false }
log: { type: stdout, format: json, level: warn }
`

/** Starts a registry in `dir`, listening on `address`. verdaccio 6 wants a newer Node than ours: Electron carries one. */
export async function startNpmRegistry(dir: string, address: string, certificates: Certificates): Promise<NpmRegistry> {
  await mkdir(dir, { recursive: true })
  const [config, socket, output] = [join(dir, 'config.yaml'), join(dir, 'npm.sock'), join(dir, 'verdaccio.log')]
  await writeFile(config, CONFIG(dir))
  const program = join(projectRoot(), 'node_modules/verdaccio/bin/verdaccio')
  const argv = [await electronBinary(), program, '--config', config, '--listen', `unix:${socket}`]
  const env = { PATH: process.env.PATH, HOME: dir, ELECTRON_RUN_AS_NODE: '1' }
  const server = await serve('verdaccio', argv, output, env)
  const front = await startFront({ socket, addresses: [address], certificates, logFile: join(dir, 'npm-access.jsonl') })
  const url = `http://${address}:${front.port}`
  const stop = async (): Promise<void> => {
    await front.close()
    await server.stop()
  }
  try {
    await until(server, output, () => answers(socket))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    httpsUrl: `https://${address}:${front.tlsPort}`,
    faults: front.faults,
    log: front.log,
    bytes: front.bytes,
    stop,
    async publish(name, version, text = version) {
      const folder = await mkdtemp(join(dir, 'package-'))
      await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version, main: 'index.js' }))
      await writeFile(join(folder, 'index.js'), `module.exports = ${JSON.stringify(text)}\n`)
      // Anybody may publish here, but npm wants to be somebody.
      await writeFile(join(folder, '.npmrc'), `//${url.slice('http://'.length)}/:_authToken=nobody\n`)
      const flags = ['--registry', url, '--cache', join(dir, 'cache'), '--access', 'public', '--ignore-scripts']
      const env = { PATH: process.env.PATH, HOME: dir }
      // On a busy machine npm repeats a publish whose answer was late, and is told that it has arrived already.
      await must(['npm', 'publish', ...flags], { cwd: folder, env }).catch(async (error: unknown) => {
        const arrived = String(error).includes('E409') && (await isPublished(`${url}/${name}`, version))
        if (!arrived) throw error
      })
      await rm(folder, { recursive: true })
    },
  }
}

async function isPublished(packument: string, version: string): Promise<boolean> {
  const answer = await fetch(packument)
  const body = z.object({ versions: z.record(z.string(), z.unknown()) }).safeParse(await answer.json())
  return body.success && version in body.data.versions
}

const answers = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const ping = request({ socketPath, path: '/-/ping' }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    ping.on('error', () => resolve(false))
    ping.end()
  })
