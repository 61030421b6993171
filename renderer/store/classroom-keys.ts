/** Where a tile is drawn. */
type Place = { left: number; top: number }

/** The tile that an arrow key leads to, over the ends of rows and groups; null: none. `at` -1: none has the focus. */
export function nextTile(key: string, at: number, places: readonly Place[]): number | null {
  const from = places[at]
  if (from === undefined) return null
  const last = places.length - 1
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, at + 1)
    case 'ArrowLeft':
      return Math.max(0, at - 1)
    case 'Home':
      return 0
    case 'End':
      return last
    case 'ArrowDown':
      return nearest(from, places, (place) => place.top > from.top + 1, Math.min)
    case 'ArrowUp':
      return nearest(from, places, (place) => place.top < from.top - 1, Math.max)
    default:
      return null
  }
}

/** In the next row on that side, the tile that stands nearest to the column. */
function nearest(
  from: Place,
  places: readonly Place[],
  beyond: (place: Place) => boolean,
  first: (...tops: number[]) => number,
): number | null {
  const rows = places.filter(beyond)
  if (rows.length === 0) return null
  const top = first(...rows.map((place) => place.top))
  const [best] = places
    .map((place, index) => ({ index, away: Math.abs(place.left - from.left), fits: Math.abs(place.top - top) <= 1 }))
    .filter(({ fits }) => fits)
    .toSorted((a, b) => a.away - b.away)
  return best?.index ?? null
}
