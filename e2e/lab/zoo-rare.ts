import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from './process.ts'
import { authority, CONFIG, issue, OWN_NAMES } from './zoo.ts'

export type Pair = { cert: string; key: string }

/** Certificates that a client may believe although they are not in order, and those that take a server of their own. */
export type RareZoo = {
  /** Signed by an intermediate authority that `withIntermediate` brings along and `missing` does not. */
  missing: Pair
  withIntermediate: Pair
  weakKey: Pair
  sha1: Pair
  /** Ends in two days. */
  soon: Pair
  revoked: Pair
  /** The OCSP answer that `revoked` brings along. */
  staple: Uint8Array
  /** An authority that nobody trusts, and two sites of different owners that it has signed. */
  interceptor: { file: string; sites: readonly [Pair, Pair] }
}

const DAYS = [-1, 30] as const

/** Beside what `makeZoo` has made in `folder`: its known authority signs these as well. */
export async function makeRareZoo(folder: string): Promise<RareZoo> {
  const known = join(folder, 'known')
  const own = (
    name: string,
    more: { key?: readonly string[]; digest?: string; days?: readonly [number, number] } = {},
  ) => issue(folder, { name, by: known, days: DAYS, names: OWN_NAMES, ...more })
  const between = join(folder, 'between')
  await mkdir(between)
  await issue(between, {
    name: 'ca',
    by: known,
    days: DAYS,
    names: '',
    subject: '/O=GoReady zoo/CN=GoReady zoo G2',
    authority: true,
  })
  await writeFile(join(between, 'ca.cnf'), CONFIG)
  await writeFile(join(between, 'index.txt'), '')
  const missing = await issue(folder, { name: 'below', by: between, days: DAYS, names: OWN_NAMES })
  const intermediate = await readFile(join(between, 'ca.pem'), 'utf8')
  const interceptor = join(folder, 'interceptor')
  await authority(interceptor, '/O=Fortinet/CN=FG100E')
  const site = (name: string, names: string) => issue(folder, { name, by: interceptor, days: DAYS, names })
  return {
    missing,
    withIntermediate: { ...missing, cert: missing.cert + intermediate },
    weakKey: await own('weak', { key: ['-newkey', 'rsa:1024', '-nodes'] }),
    sha1: await own('sha1', { digest: 'sha1' }),
    soon: await own('soon', { days: [-1, 2] }),
    revoked: await own('revoked'),
    staple: await revoke(folder, known),
    interceptor: {
      file: join(interceptor, 'ca.pem'),
      sites: [await site('site-1', OWN_NAMES), await site('site-2', OWN_NAMES)],
    },
  }
}

/** Revokes `revoked.pem` and answers what the authority says of it by OCSP. */
async function revoke(folder: string, by: string): Promise<Uint8Array> {
  const cert = join(folder, 'revoked.pem')
  const answer = join(folder, 'revoked.ocsp')
  const signer = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key']
  await must(['openssl', 'ca', ...signer, '-revoke', cert], { cwd: by })
  await copyFile(join(by, 'index.txt'), join(folder, 'revoked.txt'))
  const responder = ['-rsigner', 'ca.pem', '-rkey', 'ca.key', '-CA', 'ca.pem', '-issuer', 'ca.pem']
  const index = ['-index', join(folder, 'revoked.txt'), '-ndays', '20']
  const request = join(folder, 'revoked.ocsp-request')
  await must(['openssl', 'ocsp', '-issuer', 'ca.pem', '-cert', cert, '-no_nonce', '-reqout', request], { cwd: by })
  await must(['openssl', 'ocsp', ...index, ...responder, '-reqin', request, '-respout', answer], { cwd: by })
  return readFile(answer)
}
