/** Where a window stands, in the screen's own units. */
export type Rectangle = { x: number; y: number; width: number; height: number }
export type Place = Rectangle & { maximized: boolean }

export const SMALLEST = { width: 480, height: 340 }
const USUAL = { width: 960, height: 680 }
/** Of the title bar as much must be reachable, or nobody can move the window back. */
const GRIP = { width: 100, height: 30 }

/** A place from a file; null for anything else. */
export function readPlace(value: unknown): Place | null {
  if (typeof value !== 'object' || value === null) return null
  const entries = new Map<string, unknown>(Object.entries(value))
  const number = (name: string): number => {
    const found = entries.get(name)
    return typeof found === 'number' && Number.isSafeInteger(found) ? found : Number.NaN
  }
  const place = { x: number('x'), y: number('y'), width: number('width'), height: number('height') }
  if (Object.values(place).some(Number.isNaN) || place.width <= 0 || place.height <= 0) return null
  return { ...place, maximized: entries.get('maximized') === true }
}

/**
 * Where the window opens: where it stood, if that is still on a display (`areas`: their work areas, the
 * first is the main one), else in the usual size, which a small display cuts.
 */
export function openingPlace(
  saved: Place | null,
  areas: readonly Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  const area = saved === null ? undefined : areas.find((one) => isReachable(saved, one))
  if (saved === null || area === undefined) {
    const [main = { ...USUAL, x: 0, y: 0 }] = areas
    return fit(USUAL, main)
  }
  return { x: saved.x, y: saved.y, ...fit(saved, area) }
}

const fit = (size: { width: number; height: number }, area: Rectangle): { width: number; height: number } => ({
  width: Math.max(SMALLEST.width, Math.min(size.width, area.width)),
  height: Math.max(SMALLEST.height, Math.min(size.height, area.height)),
})

function isReachable(place: Rectangle, area: Rectangle): boolean {
  const across = Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x)
  const down = area.y + area.height - place.y
  return across >= GRIP.width && place.y >= area.y && down >= GRIP.height
}

export const samePlace = (a: Place, b: Place): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height && a.maximized === b.maximized
