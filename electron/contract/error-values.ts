import type { AppError } from './note.ts'

type Values = Record<string, string | number>
/** How a face looks texts up: whether a key exists, and what it says. */
export type Words = { has(key: string): boolean; say(key: string, values: Values): string }

/**
 * The values for an error's sentences, the same on the command line and in the window: a `reason` is put into
 * words as `reasonText`, and where in a profile something is wrong as `place`. `back`: that all was given back.
 */
export function errorValues({ code, values: given, remaining }: AppError, { has, say }: Words): Values {
  const values: Values = { ...given }
  const { reason } = values
  if (typeof reason === 'string') {
    const key = [`grammar:${reason}`, reason].find(has)
    // A grammar's sentence ends in a stop, and the error's own goes on.
    values.reasonText = key === undefined ? reason : say(key, values).replace(/[.。]$/, '')
    if (code === 'bad-arguments') values.reason = values.reasonText
  }
  // Said only where it is true: what could not be given back is listed then.
  values.back = (remaining ?? []).length > 0 ? '' : say('error:back', {})
  if (code === 'bad-profile') values.place = placeText(values, say)
  return values
}

/** A line, an entry, or both: a file that cannot be read at all has no entry, contradicting entries have no line. */
function placeText(values: Values, say: Words['say']): string {
  const parts = (['line', 'key'] as const).filter((name) => (values[name] ?? '') !== '')
  return parts.map((name) => say(`error:place.${name}`, values)).join(say('error:place.and', {}))
}
