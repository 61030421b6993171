/** Quoting for shells: nothing inside is expanded or run, in whatever reads the file. */

/** One POSIX word (bash, zsh, dash): `it's` becomes `'it'\''s'`. Safe under zsh's RC_QUOTES, too. */
export const quoteSh = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export const unquoteSh = (word: string): string => word.slice(1, -1).replaceAll("'\\''", "'")

/** One fish word: inside single quotes only `\\` and `\'` mean something. */
export const quoteFish = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

export const unquoteFish = (word: string): string => word.slice(1, -1).replace(/\\([\\'])/g, '$1')

/**
 * One csh word. `!` asks the history even inside single quotes, and tcsh's `backslash_quote` changes what a
 * backslash means there: the three stand outside the quotes, each behind a backslash.
 */
export function quoteCsh(text: string): string {
  if (text === '') return "''"
  return text.replace(/[^!'\\]+|[!'\\]/g, (part) =>
    /^[!'\\]/.test(part) ? `\\${part}` : `'${part.replaceAll('\n', '\\\n')}'`,
  )
}

export const unquoteCsh = (word: string): string =>
  word.replace(/'([^']*)'|\\([!'\\])/g, (_, quoted: string | undefined, special: string | undefined) =>
    quoted === undefined ? (special ?? '') : quoted.replaceAll('\\\n', '\n'),
  )

/** What stands for `text` in a csh pattern: tcsh takes `*`, `?` and `[` as a pattern's also inside quotes. */
export const patternCsh = (text: string): string =>
  text.replace(/[^*?[]+|[*?[]/g, (part) => (/^[*?[]/.test(part) ? `[${part}]` : quoteCsh(part)))

// PowerShell takes the typographic ones as single quotes, too (language specification 2.3.5.2).
const SINGLE_QUOTES = /['\u2018\u2019\u201a\u201b]/g

/** One verbatim string of PowerShell: every kind of single quote is doubled, nothing else means anything. */
export const quotePowerShell = (text: string): string => `'${text.replace(SINGLE_QUOTES, '$&$&')}'`

export const unquotePowerShell = (word: string): string =>
  word.slice(1, -1).replace(/(['\u2018\u2019\u201a\u201b])\1/g, '$1')

/**
 * One value of environment.d(5), measured with systemd 252: `$` is expanded inside either kind of quotes and
 * written `$$`; of backslashes only those before `"` and `\` are needed.
 */
export const quoteEnvironmentD = (text: string): string => `"${escapeEnvironmentD(text)}"`

export const escapeEnvironmentD = (text: string): string => text.replace(/[\\"]/g, '\\$&').replaceAll('$', '$$$$')

export const unescapeEnvironmentD = (text: string): string => text.replaceAll('$$', '$').replace(/\\([\\"])/g, '$1')

/**
 * A path as sh, fish and csh read it; under the home it follows HOME, so that the line still holds
 * where the home is mounted elsewhere. `~/x` stands for a path under the home.
 */
export function pathWord(path: string, quote: (text: string) => string): string {
  return path.startsWith('~/') ? `"$HOME"/${quote(path.slice(2))}` : quote(path)
}

/** The same as an expression of PowerShell. */
export function pathPowerShell(path: string): string {
  return path.startsWith('~/') ? `("$HOME/" + ${quotePowerShell(path.slice(2))})` : quotePowerShell(path)
}

/** `/home/u/go/bin` as `~/go/bin`; anything else as it is. Trailing slashes go. */
export function underHome(path: string, home: string): string {
  const plain = path.replace(/(.)\/+$/, '$1')
  return plain.startsWith(`${home}/`) ? `~/${plain.slice(home.length + 1)}` : plain
}
