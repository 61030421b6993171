/** Facts of a span. What stands here may leave the machine: words of closed lists, numbers, never a text of somebody's. */
export type Facts = Record<string, string | number | boolean>

/** A length of time with a name. Times are milliseconds since 1970, with fractions. */
export type Span = {
  /** 16 hexadecimal digits, as W3C's Trace Context and OpenTelemetry have it. */
  id: string
  parent: string | null
  name: string
  start: number
  /** null: it still runs. */
  end: number | null
  facts: Facts
  /** What only this machine's own log may say: paths, names. Tokens are taken out when it is written. */
  local: Facts
  /** The code of what went wrong; null: nothing did. */
  failed: string | null
}

/** Random bits as hexadecimal digits; never all zero, which would mean none. */
export function randomId(bytes: 8 | 16): string {
  for (;;) {
    const id = Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')
    if (/[1-9a-f]/.test(id)) return id
  }
}

/** The wall clock, but running forward alone: a clock that is set meanwhile must not make a step end before it began. */
export const now = (): number => performance.timeOrigin + performance.now()
