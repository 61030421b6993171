import { mkdir, readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Certificates } from './certificates.ts'
import { type Access, startFront } from './front.ts'
import { must } from './process.ts'

/** An index of Python packages as pip asks for them (PEP 503): pages of links, and wheels. */
export type PythonIndex = {
  /** For `index-url`. */
  url: string
  httpsUrl: string
  log(): readonly Access[]
  /** Makes a wheel of one module. */
  publish(name: string, version: string): Promise<void>
  stop(): Promise<void>
}

/** A wheel is a zip file with three files about itself beside the module. */
const MAKE_WHEEL = `import sys, zipfile
path, name, version = sys.argv[1:]
info = f"{name}-{version}.dist-info/"
with zipfile.ZipFile(path, "w") as wheel:
    wheel.writestr(f"{name}.py", f"version = {version!r}\\n")
    wheel.writestr(info + "METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: lab\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`

export async function startPythonIndex(dir: string, address: string, certificates: Certificates): Promise<PythonIndex> {
  const files = join(dir, 'wheels')
  const socket = join(dir, 'index.sock')
  await mkdir(files, { recursive: true })
  const server = createServer((request, response) => void answer(files, request, response))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const logFile = join(dir, 'index-access.jsonl')
  const front = await startFront({ socket, addresses: [address], certificates, logFile })
  return {
    url: `http://${address}:${front.port}/simple`,
    httpsUrl: `https://${address}:${front.tlsPort}/simple`,
    log: front.log,
    publish: async (name, version) => {
      const wheel = join(files, `${name}-${version}-py3-none-any.whl`)
      await must(['/usr/bin/python3', '-c', MAKE_WHEEL, wheel, name, version])
    },
    async stop() {
      await front.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const names = await readdir(folder)
  const [, page] = /^\/simple\/([a-z0-9_-]+)\/$/.exec(request.url ?? '') ?? []
  const links = names.filter((name) => page !== undefined && name.startsWith(`${page.replaceAll('-', '_')}-`))
  const file = names.find((name) => request.url === `/files/${name}`)
  if (file !== undefined) {
    const bytes = await readFile(join(folder, file))
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length }).end(bytes)
  } else if (links.length > 0)
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(links.map((name) => `<a href="/files/${name}">${name}</a>\n`).join(''))
  else response.writeHead(404, { 'content-length': 0 }).end()
}
