// Usage: node scripts/sign-catalogue.mjs KEY.pem [CATALOGUE [TARGET]] — signs assets/mirrors.json (or CATALOGUE) into
//        assets/mirrors.signed (or TARGET), which a renewal reads. KEY.pem: an Ed25519 private key outside the
//        checkout; without it in the arguments (`-`) it is read out of GOREADY_CATALOGUE_KEY.
//        A new key: openssl genpkey -algorithm ed25519 -out KEY.pem; then
//        node scripts/sign-catalogue.mjs --public KEY.pem prints the line for CATALOGUE_KEYS in
//        electron/mirrors/signed.ts. Keep the old line until no program knows it alone.
//        Editing assets/mirrors.json needs no key: it is trusted because it comes with the program.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Stop, isCommand, main, root } from './lib.mjs'

const USAGE = 'Usage: node scripts/sign-catalogue.mjs KEY.pem|- [CATALOGUE [TARGET]] | --public KEY.pem|-'

/** The bytes of the signed file: see electron/mirrors/signed.ts. */
export function signCatalogue(content, privateKey) {
  const id = createHash('sha256').update(spki(privateKey)).digest('hex').slice(0, 16)
  const signature = sign(null, content, privateKey).toString('base64')
  return Buffer.concat([Buffer.from(`goready-catalogue-1 ${id} ${signature}\n`), content])
}

/** The public half as DER. */
export const spki = (privateKey) => createPublicKey(privateKey).export({ format: 'der', type: 'spki' })

async function readKey(path) {
  const pem = path === '-' ? process.env.GOREADY_CATALOGUE_KEY : await readFile(path, 'utf8')
  if (!pem) throw new Stop(USAGE)
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Stop('The key has to be an Ed25519 key.')
  return key
}

if (isCommand(import.meta.url))
  await main(async (argv) => {
    const [first, second] = argv
    if (first === undefined) throw new Stop(USAGE)
    if (first === '--public') {
      process.stdout.write(`${spki(await readKey(second ?? '-')).toString('base64')}\n`)
      return
    }
    const [, catalogue = join(root, 'assets/mirrors.json'), target = join(root, 'assets/mirrors.signed')] = argv
    const content = await readFile(catalogue)
    JSON.parse(content.toString('utf8'))
    await writeFile(target, signCatalogue(content, await readKey(first)))
  })
