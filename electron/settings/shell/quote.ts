/** Quoting for shells: nothing inside is expanded or run, in whatever reads the file. */

/** One POSIX word (bash, zsh, dash): `it's` becomes `'it'\''s'`. Safe under zsh's RC_QUOTES, too. */
export const quoteSh = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export const unquoteSh = (word: string): string => word.slice(1, -1).replaceAll("'\\''", "'")

/** One fish word: inside single quotes only `\\` and `\'` mean something. */
export const quoteFish = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

export const unquoteFish = (word: string): string => word.slice(1, -1).replace(/\\([\\'])/g, '$1')

/**
 * A path as all four shells read it; under the home it follows HOME, so that the line still holds
 * where the home is mounted elsewhere. `~/x` stands for a path under the home.
 */
export function pathWord(path: string, quote: (text: string) => string): string {
  return path.startsWith('~/') ? `"$HOME"/${quote(path.slice(2))}` : quote(path)
}

/** `/home/u/go/bin` as `~/go/bin`; anything else as it is. Trailing slashes go. */
export function underHome(path: string, home: string): string {
  const plain = path.replace(/(.)\/+$/, '$1')
  return plain.startsWith(`${home}/`) ? `~/${plain.slice(home.length + 1)}` : plain
}
