import { z } from 'zod'
import { TARGET_IDS } from './mirror.ts'
import { findingSchema } from './note.ts'
import { shellIdSchema } from './profile.ts'

export const dockerStateSchema = z.object({
  state: z.enum(['not-installed', 'not-running', 'no-permission', 'unreachable', 'running']),
  /** `unix:///…`, `npipe://…`, `tcp://…`, `ssh://…` */
  endpoint: z.string(),
  /** Which rule chose the endpoint. */
  source: z.enum(['DOCKER_HOST', 'DOCKER_CONTEXT', 'currentContext', 'default', 'socket']),
  context: z.string().nullable(),
  flavour: z.enum([
    'docker-engine',
    'docker-desktop',
    'rootless',
    'colima',
    'rancher-desktop',
    'podman',
    'orbstack',
    'unknown',
  ]),
  version: z.string().nullable(),
  apiVersion: z.string().nullable(),
  os: z.string().nullable(),
  arch: z.string().nullable(),
  storage: z.string().nullable(),
  containerdStore: z.boolean(),
  mirrors: z.array(z.string()),
  /** The proxies of the daemon itself, which are not the wizard's. */
  proxies: z.record(z.string(), z.string()),
  /** The daemon.json that this engine reads, as far as it is known. */
  configFile: z.string().nullable(),
  cause: z.string().nullable(),
})
export type DockerState = z.infer<typeof dockerStateSchema>

/**
 * Everything that gives one setting a value, the strongest first. Several tools and places may set the same thing;
 * `wins`: what counts for a program that is started now. A layer of one shell counts in a new terminal of it.
 */
export const overrideSchema = z.object({
  /** `proxy`: the variables that programs find their proxy in. */
  target: z.enum([...TARGET_IDS, 'proxy']),
  /** As the tool calls it: `GOPROXY`, `registry-mirrors`, `registry`, `index-url`, `https_proxy`. */
  name: z.string(),
  layers: z.array(
    z.object({
      /** Without passwords. null: built at run time. */
      value: z.string().nullable(),
      /** `FILE:LINE`, `environment`, or who was asked. */
      from: z.string(),
      shell: shellIdSchema.nullable(),
      wins: z.boolean(),
    }),
  ),
})
export type Override = z.infer<typeof overrideSchema>

export const machineSchema = z.object({
  os: z.object({
    platform: z.enum(['linux', 'darwin', 'win32']),
    name: z.string(),
    version: z.string(),
    arch: z.string(),
    kernel: z.string(),
  }),
  user: z.object({
    name: z.string(),
    uid: z.number(),
    gid: z.number(),
    home: z.string(),
    root: z.boolean(),
    behindSudo: z.string().nullable(),
    groups: z.array(z.string()),
  }),
  shells: z.array(z.object({ id: shellIdSchema, path: z.string(), version: z.string(), login: z.boolean() })),
  docker: dockerStateSchema,
  go: z.object({
    installed: z.array(z.object({ path: z.string(), version: z.string() })),
    envFile: z.string(),
    /** Values from the GOENV file and, where it wins, from the environment. */
    settings: z.array(z.object({ name: z.string(), value: z.string(), from: z.string(), hidden: z.boolean() })),
  }),
  /** Which of the tools that have sources of their own are there. npm: also yarn or pnpm alone. */
  tools: z.array(z.enum(['npm', 'pip', 'apt'])),
  sources: z.record(z.string(), z.array(z.string())),
  overrides: z.array(overrideSchema),
  /** What deserves a word, e.g. a source that has ended. */
  findings: z.array(findingSchema),
  proxies: z.array(z.object({ name: z.string(), value: z.string(), from: z.string(), loopback: z.boolean() })),
  permissions: z.object({
    writeHome: z.boolean(),
    writeSystem: z.boolean(),
    elevation: z.enum(['root', 'sudo', 'pkexec', 'uac', 'none']),
  }),
  state: z.string(),
})
export type Machine = z.infer<typeof machineSchema>
