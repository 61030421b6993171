// Control characters but tab and newline, and those that turn the direction of text, take no room or are no characters.
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]|[\u{e0000}-\u{e007f}]/gu

const spelled = (char: string): string => (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')

/**
 * A text with its invisible characters spelled out: `‹U+202E›`. What is shown so can't hide in a diff, and can't
 * steer a terminal. Half a surrogate pair is spelled, too; a newline stays.
 */
export const spellHidden = (text: string): string => text.replace(HIDDEN, (char) => `‹U+${spelled(char)}›`)

/** A value as JSON whose invisible characters are written as escapes: it may be printed to a terminal. */
export const plainJson = (value: unknown): string => escapeHidden(JSON.stringify(value))

/** The same of a text that is JSON already. */
export const escapeHidden = (json: string): string =>
  json.replace(HIDDEN, (char) =>
    char
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
