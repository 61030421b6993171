import { Button } from '@mantine/core'
import type { Bar } from '../page.ts'

/** What will happen so far, and the two buttons, always in the same place. */
export function BottomBar({ bar }: { bar: Bar }) {
  const { sentence, back, next } = bar
  return (
    <footer className="bar">
      {/* A new sentence is a new paragraph: one that grew would count as a jump. */}
      <p key={sentence} className="bar-sentence">
        {sentence}
      </p>
      <div className="bar-buttons">
        {back !== null && (
          <Button variant="default" disabled={back.disabled} onClick={() => back.act()}>
            {back.label}
          </Button>
        )}
        {next !== null && (
          <Button disabled={next.disabled} onClick={() => next.act()}>
            {next.label}
          </Button>
        )}
      </div>
    </footer>
  )
}
