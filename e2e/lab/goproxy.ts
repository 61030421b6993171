import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import type { Faults } from './faults.ts'
import { type Access, startFront } from './front.ts'
import { moduleServer, moduleTrees } from './modules.ts'
import { LabError, serve, until } from './process.ts'

/** A Go module proxy with a checksum database of its own. */
export type GoProxy = {
  /** For GOPROXY; the same on the host and in containers. */
  url: string
  httpsUrl: string
  /** For GOSUMDB: `name+hash+key`. The database is asked through the proxy. */
  sumdb: string
  faults: Faults
  log(): readonly Access[]
  bytes(): number
  /** Makes a module version out of files (name to text; a go.mod is made up if missing). One that exists is an error. */
  addModule(path: string, version: string, files: Readonly<Record<string, string>>): Promise<void>
  stop(): Promise<void>
}

const NAME = 'sum.goready.test'

/** Starts the module proxy; it listens on 127.0.0.1 and on the bridge's address. */
export async function startGoProxy(dir: string, address: string, certificates: Certificates): Promise<GoProxy> {
  const [program, modules] = await Promise.all([moduleServer(), moduleTrees()])
  const socket = join(dir, 'goproxy.sock')
  const output = join(dir, 'goproxy.log')
  const list = join(dir, 'modules.json')
  const zips = join(dir, 'zips')
  await mkdir(zips)
  await writeFile(list, JSON.stringify(modules))
  const argv = [program, '-socket', socket, '-folder', zips, '-sumdb', NAME, '-modules', list]
  const server = await serve('goproxy', argv, output)
  try {
    let sumdb: string | undefined
    await until(server, output, async () => {
      const line = /^(\S+\+[0-9a-f]{8}\+\S+)\n/m.exec(await readFile(output, 'utf8'))
      sumdb = line?.[1]
      return sumdb !== undefined
    })
    const front = await startFront({
      socket,
      addresses: ['127.0.0.1', address],
      certificates,
      logFile: join(dir, 'goproxy-access.jsonl'),
      hidden: '/-/',
    })
    return {
      url: `http://${address}:${front.port}`,
      httpsUrl: `https://${address}:${front.tlsPort}`,
      sumdb: sumdb ?? '',
      faults: front.faults,
      log: front.log,
      bytes: front.bytes,
      addModule: (path, version, files) => post(socket, JSON.stringify({ path, version, files })),
      async stop() {
        await front.close()
        await server.stop()
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function post(socketPath: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: 'POST', path: '/-/modules' }, (answer) => {
      const said: Buffer[] = []
      answer.on('data', (chunk: Buffer) => said.push(chunk))
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new LabError('addModule', Buffer.concat(said).toString().trim()))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
