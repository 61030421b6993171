/** The program's version, its parts and their licences. */
export function AboutDialog(_props: { opened: boolean; onClose(): void }) {
  return null
}
