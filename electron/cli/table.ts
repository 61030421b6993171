const WIDTH = 24

/** A bar of 24 cells; a fraction that is not known is drawn empty. */
export function bar(fraction: number | null): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction ?? 0)) * WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`
}

/** How many columns of a terminal a text takes: Chinese characters take two. */
export const columns = (text: string): number => text.length + (text.match(/[\u2e80-\uffe6]/g) ?? []).length
