import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from './process.ts'

export const ZOO = ['good', 'expired', 'not-yet', 'wrong-host', 'unknown', 'expired-unknown', 'self-signed'] as const
export type Animal = (typeof ZOO)[number]
export type Zoo = { ca: string; of: Readonly<Record<Animal, { cert: string; key: string }>> }

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const
export const CONFIG = `[ca]
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
organizationName = optional
commonName = supplied
`
const day = (offset: number): string =>
  new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '')

/** Certificates with one fault each, and the authority that signed those that are not `unknown`. All but `wrong-host` name 127.0.0.1 and localhost. */
export async function makeZoo(folder: string): Promise<Zoo> {
  const [known, stranger] = [join(folder, 'known'), join(folder, 'stranger')]
  for (const at of [known, stranger]) await authority(at)
  const make = (name: Animal, by: string, days: readonly [number, number], names = OWN_NAMES) =>
    issue(folder, { name, by, days, names })
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

export const OWN_NAMES = 'IP:127.0.0.1,DNS:localhost'

/** `by`: the folder of its authority; `days`: from when to when, counted from today. */
export type Wish = {
  name: string
  by: string
  days: readonly [number, number]
  names: string
  key?: readonly string[]
  digest?: string
  subject?: string
  /** It signs others itself. */
  authority?: true
}

/** A key and its certificate, `NAME.key` and `NAME.pem` in `folder`. */
export async function issue(folder: string, wish: Wish): Promise<{ cert: string; key: string }> {
  const { name, by, days, names, key: kind = NEW_KEY, digest = 'sha256', subject = `/CN=${name}` } = wish
  const [key, request, cert] = ['key', 'csr', 'pem'].map((end) => join(folder, `${name}.${end}`))
  if (key === undefined || request === undefined || cert === undefined) throw new Error('names')
  const extensions =
    wish.authority === true
      ? ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
      : ['-addext', `subjectAltName=${names}`, '-addext', 'extendedKeyUsage=serverAuth']
  await must(['openssl', 'req', '-new', ...kind, '-keyout', key, '-out', request, '-subj', subject, ...extensions])
  const dates = ['-startdate', day(days[0]), '-enddate', day(days[1])]
  const signer = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-md', digest]
  await must(['openssl', 'ca', '-batch', '-notext', ...signer, '-in', request, '-out', cert, ...dates], { cwd: by })
  return read(cert, key)
}

/** An authority in a folder of its own: `ca.pem`, `ca.key` and what openssl's `ca` keeps. */
export async function authority(folder: string, subject = '/CN=GoReady zoo'): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'ca.cnf'), CONFIG)
  await writeFile(join(folder, 'index.txt'), '')
  await must(
    [
      ...(['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30'] as const),
      ...['-subj', subject, '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ],
    { cwd: folder },
  )
}

export const read = async (cert: string, key: string): Promise<{ cert: string; key: string }> => ({
  cert: await readFile(cert, 'utf8'),
  key: await readFile(key, 'utf8'),
})
