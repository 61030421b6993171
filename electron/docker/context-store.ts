import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CodedError } from '../core/errors.ts'
import type { Reader } from '../core/system.ts'
import { parseJson } from '../core/json-file.ts'
import type { Tls } from './endpoint.ts'
import { readText } from './files.ts'

const configSchema = z.object({ currentContext: z.string().optional() })
const metaSchema = z.object({
  Endpoints: z
    .object({
      docker: z.object({ Host: z.string().optional(), SkipTLSVerify: z.boolean().optional() }).optional(),
    })
    .optional(),
})

/**
 * The context that `<configDir>/config.json` names; null for none.
 * Errors: `unparsable-file` {path, line}.
 */
export async function currentContext(sys: Reader, configDir: string): Promise<string | null> {
  const path = `${configDir}/config.json`
  const text = await readText(sys, path)
  if (text === null || text.trim() === '') return null
  return parse(configSchema, text, path).currentContext || null
}

/**
 * The engine's address and TLS files of a context. Folders are named by the SHA-256 of the context's name.
 * Source: docker/cli cli/context/store.
 * Errors: `unparsable-file` {path, line}; `docker-unreachable` {address} when there is no such context.
 */
export async function contextEndpoint(
  sys: Reader,
  configDir: string,
  name: string,
): Promise<{ host: string | null; tls: Tls | null }> {
  const id = createHash('sha256').update(name).digest('hex')
  const path = `${configDir}/contexts/meta/${id}/meta.json`
  const text = await readText(sys, path)
  if (text === null) throw new CodedError('docker-unreachable', { address: name }, `context "${name}": not found`)
  const docker = parse(metaSchema, text, path).Endpoints?.docker
  const folder = `${configDir}/contexts/tls/${id}/docker`
  const ca = await readText(sys, `${folder}/ca.pem`)
  const cert = await readText(sys, `${folder}/cert.pem`)
  const key = await readText(sys, `${folder}/key.pem`)
  const skip = docker?.SkipTLSVerify ?? false
  const tls = ca === null && cert === null && key === null && !skip ? null : { ca, cert, key, verify: !skip }
  return { host: docker?.Host || null, tls }
}

function parse<T>(schema: z.ZodType<T>, text: string, path: string): T {
  const parsed = schema.safeParse(parseJson(text, path))
  if (!parsed.success) throw new CodedError('unparsable-file', { path, line: 1 }, parsed.error.issues[0]?.message ?? '')
  return parsed.data
}
