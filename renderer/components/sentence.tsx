import { Fragment } from 'react'
import { CopyIconButton } from './copy-button.tsx'

/** A sentence in which what stands in backticks is to be typed; `copy`: with a button that takes it along. */
export function Sentence({ text, copy = false }: { text: string; copy?: boolean }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      // A part has no name but its place.
      <Fragment key={index}>{part}</Fragment>
    ) : (
      <span key={index} className="typed">
        <code>{part}</code>
        {copy && <CopyIconButton text={part} />}
      </span>
    ),
  )
}
