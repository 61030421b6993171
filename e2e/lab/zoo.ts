import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from './process.ts'

export const ZOO = ['good', 'expired', 'not-yet', 'wrong-host', 'unknown', 'expired-unknown', 'self-signed'] as const
export type Animal = (typeof ZOO)[number]
export type Zoo = { ca: string; of: Readonly<Record<Animal, { cert: string; key: string }>> }

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const
const CONFIG = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`
const day = (offset: number): string =>
  new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '')

/** Certificates with one fault each, and the authority that signed those that are not `unknown`. All but `wrong-host` name 127.0.0.1 and localhost. */
export async function makeZoo(folder: string): Promise<Zoo> {
  const [known, stranger] = [join(folder, 'known'), join(folder, 'stranger')]
  for (const at of [known, stranger]) await authority(at)
  const make = async (name: Animal, by: string, days: readonly [number, number], names = OWN_NAMES) => {
    const key = join(folder, `${name}.key`)
    const request = join(folder, `${name}.csr`)
    const cert = join(folder, `${name}.pem`)
    await must([
      ...(['openssl', 'req', '-new', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`] as const),
      ...['-addext', `subjectAltName=${names}`, '-addext', 'extendedKeyUsage=serverAuth'],
    ])
    await must(
      [
        ...([
          'openssl',
          'ca',
          '-batch',
          '-notext',
          '-config',
          'ca.cnf',
          '-cert',
          'ca.pem',
          '-keyfile',
          'ca.key',
        ] as const),
        ...['-in', request, '-out', cert, '-startdate', day(days[0]), '-enddate', day(days[1])],
      ],
      { cwd: by },
    )
    return read(cert, key)
  }
  const signed = {
    good: await make('good', known, [-1, 30]),
    expired: await make('expired', known, [-30, -2]),
    'not-yet': await make('not-yet', known, [2, 30]),
    'wrong-host': await make('wrong-host', known, [-1, 30], 'DNS:mirror.example'),
    unknown: await make('unknown', stranger, [-1, 30]),
    'expired-unknown': await make('expired-unknown', stranger, [-30, -2]),
  }
  const [key, cert] = [join(folder, 'self.key'), join(folder, 'self.pem')]
  await must([
    ...(['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', key, '-out', cert, '-days', '30'] as const),
    ...['-subj', '/CN=self', '-addext', `subjectAltName=${OWN_NAMES}`],
  ])
  return { ca: await readFile(join(known, 'ca.pem'), 'utf8'), of: { ...signed, 'self-signed': await read(cert, key) } }
}

const OWN_NAMES = 'IP:127.0.0.1,DNS:localhost'

async function authority(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.cnf'), CONFIG)
  await writeFile(join(folder, 'index.txt'), '')
  await must(
    [
      ...(['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30'] as const),
      ...['-subj', '/CN=GoReady zoo', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ],
    { cwd: folder },
  )
}

const read = async (cert: string, key: string): Promise<{ cert: string; key: string }> => ({
  cert: await readFile(cert, 'utf8'),
  key: await readFile(key, 'utf8'),
})
