import { useAnnouncer } from '../store/announcer.ts'

/** The page's one live region; `say` speaks in it. */
export function Announcer() {
  const sentence = useAnnouncer((store) => store.sentence)
  return (
    <p className="sr" role="status" aria-live="polite">
      {sentence}
    </p>
  )
}
