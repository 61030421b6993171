/** Who printed a text. `shell`: a terminal that could not even start a program. */
export const TOOLS = ['go', 'docker', 'npm', 'apt', 'pip', 'shell'] as const
export type Tool = (typeof TOOLS)[number]

/**
 * One way in which a tool says what went wrong. `pattern` is matched against a single line; its named groups become
 * the values of the sentences. Messages of the operating system may be localised, so patterns take prefixes, codes
 * and the tool's own words, never whole sentences.
 */
export type Rule = {
  cause: string
  pattern: RegExp
  /** It only says that something failed: counts where no line says why. */
  symptom?: true
}

/** Rules in the order of their weight: of two that match, the earlier one is nearer to the root. */
export const rules = (list: readonly (readonly [cause: string, pattern: RegExp, symptom?: true])[]): readonly Rule[] =>
  list.map(([cause, pattern, symptom]) => ({ cause, pattern, ...(symptom ? { symptom } : {}) }))
