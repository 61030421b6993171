/** The folder of an absolute path (`/` or `\` as it stands there). The root is its own folder. */
export function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
  if (at <= 0) return path.slice(0, 1)
  return /^[A-Za-z]:$/.test(path.slice(0, at)) ? path.slice(0, at + 1) : path.slice(0, at)
}

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)

/** A path inside a folder, with the separator that the folder uses. */
export function under(folder: string, ...names: readonly string[]): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return names.reduce((path, name) => (path.endsWith(separator) ? path + name : path + separator + name), folder)
}

/** `/x`, `C:\\x`, `\\\\server\\x`. */
export const isAbsolute = (path: string): boolean => /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path)
