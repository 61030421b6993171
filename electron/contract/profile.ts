import { z } from 'zod'
import {
  checkAptUrl,
  checkCollector,
  checkFile,
  checkGoProxy,
  checkName,
  checkPathEntry,
  checkPrivate,
  checkRemark,
  checkSumdb,
  checkUrl,
  checkValue,
  parseDuration,
  parseImage,
  type Reason,
} from './grammar.ts'

/** A string that a grammar accepts; the issue's message is the grammar's reason. */
const checked = (check: (text: string) => Reason | null) =>
  z.string().superRefine((text, context) => {
    const reason = check(text)
    if (reason) context.addIssue({ code: 'custom', message: reason })
  })

const url = checked(checkUrl)
const file = checked(checkFile)
const source = z.union([z.literal('auto'), z.literal('official'), url])

export const imageSchema = checked((text) =>
  text === 'newest' || text === 'newest-alpine' || parseImage(text) ? null : 'bad-image',
)
export const goProxySchema = checked((text) => (text === 'auto' || text === 'official' ? null : checkGoProxy(text)))
/** `default`: Go's own. */
export const sumdbSchema = z.union([z.literal('default'), checked(checkSumdb)])

export const SHELL_IDS = ['bash', 'zsh', 'fish', 'sh', 'csh', 'tcsh', 'powershell'] as const
export const shellIdSchema = z.enum(SHELL_IDS)
/** `sh`: whatever /bin/sh is (dash, bash); `csh`: the one of that name, which may be tcsh; `powershell`: pwsh. */
export type ShellId = z.infer<typeof shellIdSchema>

/** Of a profile's own; many more than anybody sets. */
const MAX_VARIABLES = 1000

const envSchema = z.strictObject({
  scope: z.enum(['user', 'system']).optional(),
  shells: z.array(shellIdSchema).max(SHELL_IDS.length).optional(),
  set: z
    .record(z.string(), z.string())
    .superRefine((set, context) => {
      if (Object.keys(set).length > MAX_VARIABLES) context.addIssue({ code: 'custom', message: 'too-long' })
      for (const [name, value] of Object.entries(set)) {
        const reason = checkName(name) ?? checkValue(name, value)
        if (reason) context.addIssue({ code: 'custom', path: [name], message: reason })
      }
    })
    .optional(),
  path: z.array(checked(checkPathEntry)).max(64).optional(),
})

/** Profile: the desired state of a machine. INTERFACES.md names every key; an unknown one is an error. */
export const profileSchema = z.strictObject({
  version: z.literal(1),
  image: imageSchema.optional(),
  pull: z.enum(['auto', 'mirrors', 'direct']).optional(),
  sources: z
    .strictObject({
      go: goProxySchema.optional(),
      sumdb: sumdbSchema.optional(),
      docker: z.union([z.literal('auto'), z.literal('official'), z.array(url).max(16)]).optional(),
      npm: z
        .union([
          source,
          z.strictObject({
            default: source.optional(),
            scopes: z.record(z.string().regex(/^@[a-z0-9~-][a-z0-9._~-]*$/), url).optional(),
          }),
        ])
        .optional(),
      apt: z.union([z.literal('auto'), z.literal('official'), checked(checkAptUrl)]).optional(),
      pip: source.optional(),
    })
    .optional(),
  private: z.array(checked(checkPrivate)).max(256).optional(),
  authorities: z
    .array(
      z.strictObject({
        /** PEM. In a profile relative to the profile's own folder. */
        file,
        for: z.array(z.enum(['docker', 'npm', 'go', 'pip', 'apt'])).min(1),
        /** What a registry asks of its clients, PEM as well. */
        client: z.strictObject({ cert: file, key: file }).optional(),
      }),
    )
    .max(32)
    .optional(),
  env: envSchema.optional(),
  policy: z
    .strictObject({
      timeout: checked((text) => (parseDuration(text) === null ? 'bad-duration' : null)).optional(),
      retries: z.number().int().min(0).max(10).optional(),
    })
    .optional(),
  telemetry: z.strictObject({ otlp: checked(checkCollector).optional() }).optional(),
  locked: z
    .array(z.string().regex(/^[a-z]+(\.[A-Za-z_][A-Za-z0-9_]*)*$/))
    .max(64)
    .optional(),
  remark: checked(checkRemark).max(2000).optional(),
})
export type Profile = z.infer<typeof profileSchema>
