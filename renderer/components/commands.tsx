import { CopyButton } from './copy-button.tsx'

/** Commands to take into a terminal, with a button that copies them all. */
export function Commands({ lines, name }: { lines: readonly string[]; name: string }) {
  return (
    <div className="commands" role="group" aria-label={name}>
      <pre>{lines.join('\n')}</pre>
      <CopyButton text={lines.join('\n')} />
    </div>
  )
}
