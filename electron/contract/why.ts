import { z } from 'zod'
import { findingSchema, noteSchema } from './note.ts'
import { shellIdSchema } from './profile.ts'

/** Longest name that anybody may ask for; longer than any variable that a system takes seriously. */
export const whyNameSchema = z.string().regex(/^[A-Za-z_@][\w.@/:~-]{0,127}$/)

/** What can be done about a layer; main gave out the id, and a plan is made of it. */
const removalSchema = z.object({
  id: z.string(),
  /** `remove`: the layer goes. `bom`, `cr`: what keeps Go from reading the file as it is meant goes. */
  kind: z.enum(['remove', 'bom', 'cr']),
})

/** One place that gives a variable a value. */
export const whyLayerSchema = z.object({
  id: z.string(),
  kind: z.enum([
    'environment',
    'own',
    'profile',
    'system',
    'session',
    'store',
    'registry',
    'goenv',
    'goroot',
    'tool-file',
    'engine',
    'image',
    'default',
    'shell',
  ]),
  /** Without passwords. null: built at run time, or not known. */
  value: z.string().nullable(),
  /** A file, or who was asked. */
  from: z.string(),
  line: z.number().int().nullable(),
  /** The shells that read the file; empty where it is not a matter of shells. */
  shells: z.array(shellIdSchema),
  removals: z.array(removalSchema),
  /** What to do about it by hand, where no plan does it. */
  hint: noteSchema.nullable(),
  /** What is wrong with it, whether it counts or not. */
  problems: z.array(noteSchema),
})
export type WhyLayer = z.infer<typeof whyLayerSchema>

export const WHY_STATES = ['wins', 'hidden', 'empty', 'unread', 'unsure', 'broken'] as const

/** How one kind of program gets its value: the layers, the strongest first, and why. */
export const whyContextSchema = z.object({
  /** `here`, `new` (Windows: whatever is started anew), `graphical`, `image`, `bash:login` … */
  id: z.string(),
  kind: z.enum(['here', 'new', 'shell', 'graphical', 'image']),
  shell: shellIdSchema.nullable(),
  start: z.enum(['login', 'interactive']).nullable(),
  /** What counts, without passwords. null: nothing is set, or it is not known (`how`). */
  value: z.string().nullable(),
  winner: z.string().nullable(),
  /** `text`: told from files. `asked`: the real shell, tool or engine said so. `open`: built at run time, and nobody was asked. */
  how: z.enum(['text', 'asked', 'open']),
  rows: z.array(z.object({ layer: z.string(), state: z.enum(WHY_STATES), reason: noteSchema })),
})
export type WhyContext = z.infer<typeof whyContextSchema>

export const whySchema = z.object({
  name: z.string(),
  layers: z.array(whyLayerSchema),
  contexts: z.array(whyContextSchema),
  /** The go programs in the order of PATH, for what depends on which one runs. */
  programs: z.array(z.object({ path: z.string(), version: z.string(), root: z.string() })),
  findings: z.array(findingSchema),
})
export type WhyAnswer = z.infer<typeof whySchema>

/** The names that `detect --json` and the page of variables show by themselves. */
export const KNOWN_NAMES = [
  'GOPROXY',
  'GOPRIVATE',
  'GONOPROXY',
  'GONOSUMDB',
  'GOSUMDB',
  'GOFLAGS',
  'GOTOOLCHAIN',
  'GO111MODULE',
  'GOROOT',
  'GOPATH',
  'GOBIN',
  'GOENV',
  'PATH',
  'HTTP_PROXY',
  'http_proxy',
  'HTTPS_PROXY',
  'https_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'registry-mirrors',
  'http-proxy',
  'https-proxy',
  'no-proxy',
  'npm_config_registry',
  'PIP_INDEX_URL',
] as const
