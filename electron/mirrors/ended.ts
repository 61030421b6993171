import type { TargetId } from '../contract/mirror.ts'
import type { Mirror } from './catalogue.ts'

/** The mirror behind an address of which the catalogue knows that it has ended; undefined: none that is known. */
export const endedMirror = (mirrors: readonly Mirror[], target: TargetId, address: string): Mirror | undefined =>
  mirrors.find((one) => one.status === 'dead' && one.target === target && isOn(one, address))

/** Whether an address is this mirror; apt's addresses go on with an archive's path. */
export function isOn({ target, url }: Pick<Mirror, 'target' | 'url'>, address: string): boolean {
  const [whole, part] = [plain(url), plain(address)]
  return part === whole || (target === 'apt' && part.startsWith(`${whole}/`))
}

/** A slash at the end and the host's capitals make no difference, nor does a missing https://. */
function plain(text: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(address)) return text
  const { host, pathname } = new URL(address)
  return `${host}${pathname}`.replace(/\/+$/, '')
}
