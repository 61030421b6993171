import { create } from 'zustand'

/** Milliseconds between two sentences: a live region that chatters drowns the page. */
const PAUSE = 2000

export const useAnnouncer = create<{ sentence: string }>(() => ({ sentence: '' }))

let spokenAt = -PAUSE
let waiting: ReturnType<typeof setTimeout> | null = null

/** Says a sentence in the page's one live region, at most one in two seconds; of several that wait the newest. */
export function say(sentence: string): void {
  if (waiting !== null) clearTimeout(waiting)
  const speak = () => {
    waiting = null
    spokenAt = Date.now()
    useAnnouncer.setState({ sentence })
  }
  const wait = spokenAt + PAUSE - Date.now()
  if (wait > 0) waiting = setTimeout(speak, wait)
  else speak()
}
