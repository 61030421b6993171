import { z } from 'zod'

/** A message to a person: an i18n key (`namespace:path`) and the values to put into it. */
export const noteSchema = z.object({
  key: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})
export type Note = z.infer<typeof noteSchema>

/** The closed list of error codes. A code is stable; its sentence (i18n `error:<code>`) is not. */
export const ERROR_CODES = [
  'bad-arguments',
  'bad-profile',
  'bad-request',
  'untrusted-sender',
  'not-yet',
  'internal',
  'busy',
  'cancelled',
  'timeout',
  'no-image',
  'no-terminal',
  'needs-admin',
  'admin-refused',
  'admin-forbidden',
  'admin-helper',
  'install-failed',
  'changed-since-plan',
  'plan-expired',
  'edit-conflict',
  'unparsable-file',
  'fence-damaged',
  'read-only',
  'hard-linked',
  'mount-point',
  'immutable',
  'not-a-file',
  'env-not-text',
  'env-too-long',
  'registry-closed',
  'file-in-use',
  'no-permission',
  'no-space',
  'io',
  'journal-damaged',
  'run-not-found',
  'undo-conflict',
  'undo-later-run',
  'docker-not-installed',
  'docker-not-running',
  'docker-no-permission',
  'docker-unreachable',
  'docker-refused-config',
  'docker-reload-failed',
  'docker-mirror-path',
  'apt-unknown-system',
  'apt-no-archive',
  'apt-no-official',
  'apt-other-archive',
  'apt-no-authorities',
  'apt-update-failed',
  'authorities-update-failed',
  'launch-agent-failed',
  'socket-path-too-long',
  'image-bad-reference',
  'image-not-found',
  'image-no-platform',
  'registry-denied',
  'registry-rate-limit',
  'registry-unreachable',
  'pull-failed',
  'engine-disk-full',
  'container-failed',
  'version-mismatch',
  'module-download-failed',
  'source-unreachable',
  'sources-disagree',
  'bad-authority',
  'bad-credential',
  'credential-store',
  'setting-not-effective',
  'kit-damaged',
  'kit-incomplete',
  'kit-missing-tool',
  'kit-serving',
  'kit-too-large',
  'kit-unreachable',
  'kit-other-authority',
  'kit-port',
  'classroom-no-seats',
  'classroom-no-ansible',
  'classroom-failed',
  'profile-unsigned',
  'profile-signature',
  'profile-key',
  'policy-damaged',
  'no-account',
  'account-silent',
] as const
export const errorCodeSchema = z.enum(ERROR_CODES)
export type ErrorCode = z.infer<typeof errorCodeSchema>

/**
 * An error as it crosses a boundary (IPC, JSON, journal).
 * `cause` is the raw text of what went wrong; `remaining` names what could not be given back.
 */
export const appErrorSchema = z.object({
  code: errorCodeSchema,
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  cause: z.string().optional(),
  remaining: z.array(z.string()).optional(),
})
export type AppError = z.infer<typeof appErrorSchema>

/** What a check or a verification says. `id` is stable, the sentence comes from `note`. */
export const findingSchema = z.object({
  id: z.string(),
  severity: z.enum(['ok', 'info', 'warning', 'error']),
  note: noteSchema,
  details: z.array(z.string()).optional(),
})
export type Finding = z.infer<typeof findingSchema>
