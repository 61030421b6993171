const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates in a text, each as one line of base64, so that the same one is the same however it is broken. */
export const blocksIn = (text: string): readonly string[] =>
  (text.match(BLOCK) ?? []).map((block) => block.replace(/-----[A-Z ]+-----|\s/g, ''))

/** Whether every certificate of `part` is in `whole`. */
export function holdsAll(whole: string, part: string): boolean {
  const has = new Set(blocksIn(whole))
  return blocksIn(part).every((block) => has.has(block))
}
