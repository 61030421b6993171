/**
 * Whether one of the patterns of GOPRIVATE, GONOSUMDB … names a module: each is tried on as many leading parts of the
 * path as it has itself. Source: golang.org/x/mod module.MatchPrefixPatterns.
 */
export function matchesModule(patterns: string, path: string): boolean {
  const parts = path.split('/')
  return patterns.split(',').some((raw) => {
    const pattern = raw.trim().replace(/\/+$/, '')
    const count = pattern.split('/').length
    return pattern !== '' && count <= parts.length && globOf(pattern).test(parts.slice(0, count).join('/'))
  })
}

/** Go's `path.Match`: `*` and `?` stay inside one part. What is no pattern matches nothing. */
function globOf(pattern: string): RegExp {
  const source = pattern.replace(/\\(.)|\*|\?|\[(\^?)([^\]]+)\]|[.+^${}()|[\]\\]/g, (all, escaped, not, inside) => {
    if (all === '*') return '[^/]*'
    if (all === '?') return '[^/]'
    if (escaped !== undefined) return `\\${escaped}`
    return inside === undefined ? `\\${all}` : `[${not}${inside.replace(/[\]\\]/g, '\\$&')}]`
  })
  try {
    return new RegExp(`^${source}$`)
  } catch {
    return /$^/
  }
}
