import { type RefObject, useLayoutEffect, useRef } from 'react'

/** Milliseconds of the movement when a list takes its new order. */
const DURATION = 200

/**
 * Lets the children of a list glide from where they were, once, when `order` changes. Each child names
 * itself by `data-flip`. Nothing moves for somebody who wants reduced motion.
 */
export function useFlip(list: RefObject<HTMLElement | null>, order: string): void {
  const before = useRef<ReadonlyMap<string, number>>(new Map())
  const last = useRef(order)
  useLayoutEffect(() => {
    const places = new Map<string, number>()
    const moves = last.current !== order && !matchMedia('(prefers-reduced-motion: reduce)').matches
    for (const child of list.current?.querySelectorAll<HTMLElement>('[data-flip]') ?? []) {
      const name = child.dataset['flip'] ?? ''
      const top = child.offsetTop
      places.set(name, top)
      const from = before.current.get(name)
      if (moves && from !== undefined && from !== top)
        child.animate([{ transform: `translateY(${from - top}px)` }, { transform: 'none' }], {
          duration: DURATION,
          easing: 'ease-out',
        })
    }
    before.current = places
    last.current = order
  })
}
