import { appendFile, copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { dirname, join } from 'node:path'
import { createServer, type TlsOptions } from 'node:tls'
import { useMirrors } from '../../docker-helpers.ts'
import { must } from '../../lab/process.ts'
import { makeRareZoo, type RareZoo } from '../../lab/zoo-rare.ts'
import { makeZoo, type Zoo } from '../../lab/zoo.ts'
import type { Fault, Ground } from '../fault.ts'

type Animals = Zoo & RareZoo & { file: string }
let made: Promise<Animals> | null = null

/** One zoo for all faults; it lies beside the grounds and goes with them. */
function zoo({ dir }: Pick<Ground, 'dir'>): Promise<Animals> {
  made ??= (async () => {
    const folder = await mkdtemp(join(dirname(dir), 'zoo-'))
    const plain = await makeZoo(folder)
    return { ...plain, ...(await makeRareZoo(folder)), file: join(folder, 'known', 'ca.pem') }
  })()
  return made
}

/** The npm registry behind TLS of its own; answers its address. */
async function behind(ground: Ground, options: TlsOptions, staple: Uint8Array | null = null): Promise<string> {
  const { hostname, port } = new URL(ground.npm.url)
  const server = createServer(options, (socket) => {
    const inner = connect(Number(port), hostname)
    for (const one of [socket, inner]) one.on('error', () => {}).on('close', () => (socket.destroy(), inner.destroy()))
    socket.pipe(inner).pipe(socket)
  })
  if (staple !== null)
    server.on('OCSPRequest', (_cert: Buffer, _issuer: Buffer, answer: (error: null, staple: Uint8Array) => void) =>
      answer(null, staple),
    )
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ground.after(() => new Promise((resolve) => server.close(() => resolve())))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const npmrc = (ground: Ground, lines: readonly string[]): Promise<void> =>
  writeFile(join(ground.home, '.npmrc'), `${lines.join('\n')}\n`)

/** npm asks a registry that shows a certificate of the zoo, whose authority it trusts. */
const shown = (
  name: string,
  code: string,
  show: (animals: Animals) => TlsOptions,
  more: Partial<Fault> & { staple?: true } = {},
): Fault => ({
  name,
  code: `certificate.${code}`,
  severity: 'error',
  repair: false,
  ...more,
  async plant(ground) {
    const animals = await zoo(ground)
    const url = await behind(ground, show(animals), more.staple === true ? animals.staple : null)
    await npmrc(ground, [`registry=${url}/`, `cafile=${animals.file}`])
  },
})

const OLD: TlsOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }

/** The command line runs in another time than its servers. The engine's own check tells of the same. */
const shifted = (name: string, by: string): Fault => ({
  name,
  code: 'certificate.clock-wrong',
  severity: 'error',
  beside: ['docker.clock-skew'],
  repair: false,
  plant: async (ground) => void ground.wrap.push('faketime', '-f', by),
})

/** An authority that Go's variable names and nobody else knows. */
const byGo = async (ground: Ground): Promise<Animals> => {
  const animals = await zoo(ground)
  const file = join(ground.dir, 'room-ca.pem')
  await copyFile(animals.file, file)
  ground.env['SSL_CERT_FILE'] = file
  return animals
}

export const certificateFaults: readonly Fault[] = [
  shown('a certificate that has ended', 'expired', ({ of }) => of.expired),
  shown('a certificate that does not count yet', 'not-yet-valid', ({ of }) => of['not-yet']),
  shown('a certificate for another name', 'wrong-name', ({ of }) => of['wrong-host']),
  shown('a certificate that has signed itself', 'self-signed', ({ of }) => of['self-signed']),
  shown('a certificate of an unknown authority', 'unknown-authority', ({ of }) => of.unknown),
  shown('an ended certificate of an unknown authority', 'unknown-authority', ({ of }) => of['expired-unknown']),
  shown('a chain without its middle', 'missing-intermediate', ({ missing }) => missing),
  shown('a connection that is opened on its way', 'intercepted', ({ interceptor }) => interceptor.sites[0]),
  shown('a certificate that was revoked', 'revoked', ({ revoked }) => revoked, { staple: true }),
  shown('a certificate with a short key', 'weak-key', ({ weakKey }) => weakKey, { severity: 'warning' }),
  shown('a certificate signed with SHA-1', 'weak-key', ({ sha1 }) => ({ ...sha1, ciphers: 'DEFAULT:@SECLEVEL=0' })),
  shown('a server with TLS 1.1 alone', 'old-tls', ({ of }) => ({ ...of.good, ...OLD })),
  shifted('a clock three days ahead', '+3d'),
  shifted('a clock two hours behind', '-2h'),
  {
    name: 'an authority that Go knows and npm does not',
    code: 'certificate.tool-lacks-authority',
    severity: 'error',
    repair: true,
    async plant(ground) {
      const { of } = await byGo(ground)
      await npmrc(ground, [`registry=${await behind(ground, of.good)}/`])
    },
  },
  {
    name: 'an authority that npm knows and pip does not',
    code: 'certificate.tool-lacks-authority',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await appendFile(join(ground.home, '.npmrc'), `cafile=${ground.lab.ca}\n`)
      await writeFile(join(ground.home, '.config/pip/pip.conf'), `[global]\nindex-url = ${ground.pip.httpsUrl}\n`)
    },
  },
  {
    name: 'an authority that npm knows and the system does not',
    code: 'certificate.tool-lacks-authority',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await appendFile(join(ground.home, '.npmrc'), `cafile=${ground.lab.ca}\n`)
      await writeFile(
        join(ground.home, '.config/go/env'),
        `GOPROXY=${ground.lab.goproxy.httpsUrl}\nGOSUMDB=${ground.lab.goproxy.sumdb}\n`,
      )
      await systemList(ground)
    },
  },
  {
    name: 'an authority that npm knows and Docker does not',
    code: 'certificate.tool-lacks-authority',
    severity: 'error',
    alone: true,
    repair: true,
    async plant(ground) {
      await appendFile(join(ground.home, '.npmrc'), `cafile=${ground.lab.ca}\n`)
      await useMirrors(ground.lab, [ground.lab.registry.httpsUrl])
    },
  },
]

/** A list of authorities below the ground's root, as the distribution's program makes it. */
async function systemList({ root, dir }: Ground): Promise<void> {
  const local = join(root, 'usr/local/share/ca-certificates')
  const certs = join(root, 'etc/ssl/certs')
  await Promise.all([local, certs].map((folder) => mkdir(folder, { recursive: true })))
  const { interceptor } = await zoo({ dir })
  await copyFile(interceptor.file, join(local, 'other.crt'))
  const conf = join(root, 'etc/ca-certificates.conf')
  await writeFile(conf, '# none of the distribution\n')
  const folders = ['--certsdir', join(root, 'usr/share/ca-certificates'), '--localcertsdir', local]
  const rest = ['--etccertsdir', certs, '--hooksdir', join(root, 'etc/ca-certificates/update.d')]
  await must(['/usr/sbin/update-ca-certificates', '--certsconf', conf, ...folders, ...rest])
}
