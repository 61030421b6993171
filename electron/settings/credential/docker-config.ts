import type { Value } from '../../contract/plan.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, toBinary } from '../binary.ts'
import { scanObject } from '../docker/json-spans.ts'
import { withKey, withoutKey } from '../docker/text.ts'

type Part = { start: number; end: number; text: string }

/** The text of one member's value; null where the key is missing. */
function part(text: string, key: string): Part | null {
  const member = scanObject(text).members.find((one) => one.key === key)
  if (!member) return null
  return { start: member.valueStart, end: member.valueEnd, text: text.slice(member.valueStart, member.valueEnd) }
}

const put = (text: string, { start, end }: Part, inner: string): string =>
  text.slice(0, start) + inner + text.slice(end)

function withLogin(text: string, host: string, auth: string): string {
  const auths = part(text, 'auths')
  if (auths === null) return withKey(text, 'auths', { [host]: { auth } })
  const entry = part(auths.text, host)
  if (entry === null) return put(text, auths, withKey(auths.text, host, { auth }))
  return put(text, auths, put(auths.text, entry, withKey(entry.text, 'auth', auth)))
}

function withoutLogin(text: string, host: string): string {
  const auths = part(text, 'auths')
  return auths === null ? text : put(text, auths, withoutKey(auths.text, host))
}

const authOf = (entry: string): Value => {
  const auth = part(entry, 'auth')
  return auth === null ? null : String(JSON.parse(decode(auth.text)))
}

/**
 * `~/.docker/config.json`: keys are the hosts of `auths`, values what `docker login` writes there (base64 of
 * `name:password`). Only that one value is rewritten. Throws `unparsable-file` {line}.
 */
export const dockerConfigFormat: Format = {
  id: 'docker-config',
  read(bytes) {
    const auths = bytes === null ? null : part(toBinary(bytes), 'auths')
    if (auths === null) return new Map()
    return new Map(
      scanObject(auths.text).members.flatMap(({ key, valueStart, valueEnd }) => {
        const auth = authOf(auths.text.slice(valueStart, valueEnd))
        return auth === null ? [] : [[key, auth] as const]
      }),
    )
  },
  edit(bytes, edits) {
    const before = bytes === null ? encode('{}\n') : toBinary(bytes)
    let text = before
    for (const { key, after } of edits)
      text = typeof after === 'string' ? withLogin(text, key, after) : withoutLogin(text, key)
    return text === before ? bytes : fromBinary(text)
  },
}

/** The program that keeps passwords for Docker instead of the file (`credsStore`, `credHelpers`); null: the file does. */
export function credentialStore(bytes: Uint8Array | null, host: string): string | null {
  if (bytes === null) return null
  const text = toBinary(bytes)
  const helpers = part(text, 'credHelpers')
  const own = helpers === null ? null : part(helpers.text, host)
  const found = own ?? part(text, 'credsStore')
  const name: unknown = found === null ? null : JSON.parse(decode(found.text))
  return typeof name === 'string' && name !== '' ? name : null
}
