import { X509Certificate } from 'node:crypto'

/** Authorities by the names that they sign with. */
export type Roots = ReadonlyMap<string, readonly X509Certificate[]>

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
/** The same hundred authorities are in every list; parsing them is what takes the time. */
const parsed = new Map<string, X509Certificate | null>()

/** The certificates of texts in PEM; what cannot be parsed is left out. */
export function certificatesIn(texts: readonly string[]): readonly X509Certificate[] {
  return texts.flatMap((text) =>
    (text.match(BLOCK) ?? []).flatMap((block) => {
      const key = block.replace(/\s+/g, '')
      const known = parsed.get(key)
      if (known !== undefined) return known ?? []
      const one = parse(block)
      parsed.set(key, one)
      return one ?? []
    }),
  )
}

function parse(block: string): X509Certificate | null {
  try {
    return new X509Certificate(block)
  } catch {
    return null
  }
}

export function rootsOf(texts: readonly string[]): Roots {
  const roots = new Map<string, X509Certificate[]>()
  for (const one of certificatesIn(texts)) roots.set(one.subject, [...(roots.get(one.subject) ?? []), one])
  return roots
}

/** No real chain is longer. */
const MOST = 10

/**
 * The way from a server's certificate to an authority of `roots` through what was sent, that authority last, whatever
 * the dates say; null where there is none.
 */
export function pathTo(roots: Roots, sent: readonly X509Certificate[]): readonly X509Certificate[] | null {
  let [last] = sent
  const path: X509Certificate[] = []
  while (last !== undefined && path.length < MOST) {
    const one: X509Certificate = last
    path.push(one)
    if (roots.get(one.subject)?.some((root) => same(root, one)) === true) return path
    const root = roots.get(one.issuer)?.find((by) => isSigned(one, by))
    if (root !== undefined) return [...path, root]
    last = sent.find((by) => !path.includes(by) && isSigned(one, by))
  }
  return null
}

export const same = (a: X509Certificate, b: X509Certificate): boolean => a.fingerprint256 === b.fingerprint256

/** Whether `by` has signed `one`, by name and by key. */
export function isSigned(one: X509Certificate, by: X509Certificate): boolean {
  try {
    return one.checkIssued(by) && one.verify(by.publicKey)
  } catch {
    // A kind of key that this Node does not know.
    return false
  }
}
