import type { ClassroomOptions } from '../contract/classroom.ts'

/**
 * How many seats each wave has, as Ansible counts them (ansible/utils/helpers.py `pct_to_int`, executor/
 * playbook_executor.py): a share is one of all seats, at least one; the last entry is repeated until nobody is left.
 */
export function waveSizes(seats: number, waves: ClassroomOptions['waves']): number[] {
  const sizes: number[] = []
  for (let left = seats, at = 0; left > 0; at = Math.min(at + 1, waves.length - 1)) {
    const wave = waves[at] ?? '100%'
    const size = typeof wave === 'number' ? wave : Math.max(1, Math.floor((Number.parseInt(wave, 10) / 100) * seats))
    sizes.push(Math.min(size, left))
    left -= Math.min(size, left)
  }
  return sizes
}

/** The wave that each seat is in, counted from 1. */
export const wavesOf = (seats: number, waves: ClassroomOptions['waves']): number[] =>
  waveSizes(seats, waves).flatMap((size, index) => Array.from({ length: size }, () => index + 1))
