export type LampState = 'unknown' | 'ok' | 'warning' | 'error'

/** A state as colour, sign and word: colour alone says nothing to many. */
export function Lamp({ name, state, word }: { name: string; state: LampState; word: string }) {
  return (
    <span className="lamp" data-state={state}>
      <span className="lamp-name">{name}</span>
      <span className="lamp-sign" aria-hidden="true">
        {SIGNS[state]}
      </span>
      <span className="lamp-word">{word}</span>
    </span>
  )
}

/** Shapes that differ without colour, too. */
export const SIGNS: Readonly<Record<LampState, string>> = { unknown: '○', ok: '●', warning: '▲', error: '✕' }
