import { derAll, derPath } from './der.ts'
import type { TlsSeen } from './probe.ts'

const REVOKED = 0xa1
const GOOD = 0x80
/** Values of a ResponseData in front of its answers: a version [0], a responder [1] or [2], a time. */
const SEQUENCE = 0x30

/**
 * What an OCSP answer says of its certificate (RFC 6960, 4.2.1). It is not checked whose signature it bears: a server
 * would not bring along a lie that it is revoked, and `good` is taken for nothing.
 */
export function stapled(answer: Uint8Array | null): TlsSeen['staple'] {
  if (answer === null || answer.length === 0) return null
  // OCSPResponse > responseBytes [0] > ResponseBytes > OCTET STRING > BasicOCSPResponse > tbsResponseData
  const octets = derPath(answer, [0, 1, 0, 1])
  const data = octets === null ? null : derPath(octets.body, [0, 0])
  const answers = data === null ? undefined : derAll(data.body).find(({ tag }) => tag === SEQUENCE)
  const status = answers === undefined ? null : derPath(answers.body, [0, 1])
  if (status === null) return null
  return status.tag === REVOKED ? 'revoked' : status.tag === GOOD ? 'good' : 'unknown'
}
