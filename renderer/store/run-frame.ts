/** Milliseconds after which a page that is not drawn (minimized, behind others) is served all the same. */
const HIDDEN = 500

/** Collapses many calls into one of `work` at the next picture. Answers the function to call, and one that ends it. */
export function onceAFrame(work: () => void): { ask(): void; end(): void } {
  let frame: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  const clear = () => {
    if (frame !== null) cancelAnimationFrame(frame)
    if (timer !== null) clearTimeout(timer)
    frame = null
    timer = null
  }
  const now = () => {
    clear()
    work()
  }
  return {
    ask() {
      if (frame !== null) return
      frame = requestAnimationFrame(now)
      timer = setTimeout(now, HIDDEN)
    },
    end: clear,
  }
}
