import { X509Certificate } from 'node:crypto'

/** Authorities. Hundreds of them are parsed only where what a server has sent does not answer the question. */
export type Roots = {
  holds(certificate: X509Certificate): boolean
  /** Those that sign by this name. */
  named(name: string): readonly X509Certificate[]
  names(): readonly string[]
}

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g
/** The same hundred authorities are in every list. */
const parsed = new Map<string, X509Certificate | null>()

/** The certificates in texts of PEM, each as base64 in one line. */
const bodiesIn = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => [...text.matchAll(BLOCK)].map(([, body = '']) => body.replace(/\s+/g, '')))

/** The certificates of texts in PEM; what cannot be parsed is left out. */
export const certificatesIn = (texts: readonly string[]): readonly X509Certificate[] =>
  bodiesIn(texts).flatMap((body) => parse(body) ?? [])

function parse(body: string): X509Certificate | null {
  const known = parsed.get(body)
  if (known !== undefined) return known
  let one: X509Certificate | null = null
  try {
    one = new X509Certificate(Buffer.from(body, 'base64'))
  } catch {
    // No certificate, or of a kind that this Node does not know.
  }
  parsed.set(body, one)
  return one
}

export function rootsOf(texts: readonly string[]): Roots {
  const bodies = new Set(bodiesIn(texts))
  let byName: Map<string, X509Certificate[]> | null = null
  const all = (): ReadonlyMap<string, readonly X509Certificate[]> => {
    if (byName !== null) return byName
    byName = new Map()
    for (const body of bodies) {
      const one = parse(body)
      if (one !== null) byName.set(one.subject, [...(byName.get(one.subject) ?? []), one])
    }
    return byName
  }
  return {
    holds: ({ raw }) => bodies.has(raw.toString('base64')),
    named: (name) => all().get(name) ?? [],
    names: () => [...all().keys()],
  }
}

/** No real chain is longer. */
const MOST = 10

/**
 * The way from a server's certificate to an authority of `roots` through what was sent, that authority last; null where
 * there is none. One that is valid at `now` is preferred: a server may send an old authority that signed a newer one.
 */
export function pathTo(roots: Roots, sent: readonly X509Certificate[], now: number): readonly X509Certificate[] | null {
  const ordered = linked(sent)
  const end = ordered.findIndex((one) => roots.holds(one))
  const whole = end < 0 ? null : ordered.slice(0, end + 1)
  if (whole?.every((one) => isValid(one, now)) === true) return whole
  for (const [at, one] of ordered.entries()) {
    const root = roots.named(one.issuer).find((by) => isSigned(one, by))
    if (root !== undefined) return [...ordered.slice(0, at + 1), root]
  }
  return whole
}

/** Whether a moment in milliseconds is within a certificate's time. */
export const isValid = ({ validFrom, validTo }: X509Certificate, at: number): boolean =>
  Date.parse(validFrom) <= at && at <= Date.parse(validTo)

/** What was sent in the order in which it was signed, as far as it hangs together. */
function linked(sent: readonly X509Certificate[]): readonly X509Certificate[] {
  const path: X509Certificate[] = []
  let [last] = sent
  while (last !== undefined && path.length < MOST) {
    const one: X509Certificate = last
    path.push(one)
    last = sent.find((by) => !path.includes(by) && isSigned(one, by))
  }
  return path
}

/** Whether `by` has signed `one`, by name and by key. */
export function isSigned(one: X509Certificate, by: X509Certificate): boolean {
  try {
    return one.checkIssued(by) && one.verify(by.publicKey)
  } catch {
    // A kind of key that this Node does not know.
    return false
  }
}
