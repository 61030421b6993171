import { decode, toBinary } from '../binary.ts'
import type { Given } from './startup.ts'
import type { World } from './world.ts'

/**
 * `/etc/environment` as pam_env reads it (Linux-PAM, `_parse_env_file`): `NAME=VALUE`, maybe behind `export`, quotes
 * around the value go. A value with `#` is cut by some versions and not by others, so it is not told.
 */
export function environmentFile(path: string, bytes: Uint8Array): readonly Given[] {
  return linesOf(bytes).flatMap(({ text, line }): Given[] => {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z0-9_]+)=(.*)$/.exec(text) ?? []
    if (name === undefined) return []
    const value = raw.trimEnd()
    const [, quote, inner] = /^(["'])(.*)$/.exec(value) ?? []
    const plain = quote === undefined ? value : (inner ?? '').replace(/["']$/, '')
    return [{ name, value: /[#\\\r]/.test(value) || /["']/.test(plain) ? null : plain, by: { path, line } }]
  })
}

/**
 * A file of environment.d as systemd's user manager reads it (environment.d(5)): `NAME=VALUE`, with `${NAME}` of what
 * came before. `before` answers for those.
 */
export function environmentD(
  path: string,
  bytes: Uint8Array,
  before: (name: string) => string | null,
): readonly Given[] {
  const seen = new Map<string, string | null>()
  return linesOf(bytes).flatMap(({ text, line }): Given[] => {
    const [, name, raw = ''] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(text) ?? []
    if (name === undefined) return []
    const value = expanded(raw.trim(), (other) => (seen.has(other) ? (seen.get(other) ?? null) : before(other)))
    seen.set(name, value)
    return [{ name, value, by: { path, line } }]
  })
}

/** null: with escapes or quotes in its middle, which are not followed. */
function expanded(raw: string, before: (name: string) => string | null): string | null {
  const [, quote, inner] = /^(["'])([^"'\\]*)\1$/.exec(raw) ?? []
  const text = inner ?? raw
  if (/["'\\\r]/.test(text)) return null
  if (quote === "'" || !text.includes('$')) return text
  let known = true
  const value = text.replace(/\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g, (_, braced?: string, bare?: string) => {
    const found = before(braced ?? bare ?? '')
    if (found === null) known = false
    return found ?? ''
  })
  return known && !value.includes('$') ? value : null
}

function linesOf(bytes: Uint8Array): readonly { text: string; line: number }[] {
  return toBinary(bytes)
    .split('\n')
    .map((raw, index) => ({ text: decode(raw), line: index + 1 }))
    .filter(({ text }) => !/^\s*[#;]/.test(text))
}

/** The files of environment.d in the order that counts: by name, and of one name only the nearest to the user. */
export function environmentDFiles(folders: readonly string[], world: World): readonly string[] {
  const nearest = new Map<string, string>()
  for (const folder of folders)
    for (const name of world.at(folder)?.names ?? [])
      if (name.endsWith('.conf') && !nearest.has(name)) nearest.set(name, `${folder}/${name}`)
  return [...nearest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path)
}
