import { z } from 'zod'
import { checkLine, checkUrl } from './grammar.ts'

/** Whose store is meant. apt asks for none in this program. */
export const credentialTargetSchema = z.enum(['go', 'docker', 'npm', 'pip'])

const word = z.string().refine((text) => checkLine(text) === null, 'control-character')

/** A name and a password (npm: a token, the name is not used) for one private address. Never part of a profile. */
export const credentialSchema = z.strictObject({
  target: credentialTargetSchema,
  url: z.string().refine((text) => checkUrl(text) === null, 'bad-url'),
  login: word,
  secret: word,
})
export type Credential = z.infer<typeof credentialSchema>

/** What the address said when it was tried. `cause`: raw, without the secret. */
export const credentialTrialSchema = z.object({
  state: z.enum(['accepted', 'refused', 'not-asked', 'unreachable']),
  cause: z.string().nullable(),
})
export type CredentialTrial = z.infer<typeof credentialTrialSchema>
