/** Says whose files change when the program was started as root. */
export function RootBanner() {
  return null
}
