/** Orders versions as semver does: `v` and build data aside, a pre-release before its release. */
export function compareSemver(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  return compareLists(left.numbers, right.numbers) || comparePre(left.pre, right.pre)
}

/** Whether a version is a release: three numbers and nothing behind them but build data. */
export const isRelease = (version: string): boolean => /^v?\d+\.\d+\.\d+(?:\+\S*)?$/.test(version)

function partsOf(version: string): { numbers: readonly number[]; pre: readonly string[] } {
  const [core = '', ...pre] = version.replace(/^v/, '').replace(/\+.*$/, '').split('-')
  return { numbers: core.split('.').map(Number), pre: pre.length === 0 ? [] : pre.join('-').split('.') }
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]]
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
    if (leftNumber && rightNumber && Number(left) !== Number(right)) return Number(left) - Number(right)
    if (leftNumber !== rightNumber) return leftNumber ? -1 : 1
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

/** Orders releases of Python projects: numbers between dots, missing ones are 0 (PEP 440). */
export function compareRelease(a: string, b: string): number {
  return compareLists(a.split('.').map(Number), b.split('.').map(Number))
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
