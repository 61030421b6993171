/** Makes a thing when it is first asked for, and only then. `made`: whether that has begun. */
export function once<T>(make: () => Promise<T>): (() => Promise<T>) & { readonly made: Promise<T> | null } {
  let made: Promise<T> | null = null
  const get = (): Promise<T> => (made ??= make())
  return Object.defineProperty(get, 'made', { get: () => made }) as typeof get & { readonly made: Promise<T> | null }
}
