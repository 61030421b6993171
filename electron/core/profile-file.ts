import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'
import type { z } from 'zod'
import { type ProfileReason, REASONS } from '../contract/grammar.ts'
import { type Profile, profileSchema } from '../contract/profile.ts'
import { CodedError } from './errors.ts'
import { isAbsolute, under } from './paths.ts'
import { tooMuchYaml } from './yaml-shape.ts'

/** No profile that a person writes comes near it. */
const MAX_CHARACTERS = 256 * 1024

/** Reads a profile's bytes: UTF-8, with or without a byte order mark. Throws as `parseProfile` does. */
export const readProfileBytes = (bytes: Uint8Array): Profile => parseProfile(textOf(bytes))

/** UTF-8 as text. Throws `bad-profile`. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Replacement characters would end up in folders and values. The line is where the first one would stand.
    const line = new TextDecoder().decode(bytes).split('\uFFFD', 1)[0]?.split('\n').length ?? 1
    throw refused(line, 'encoding')
  }
}

/** Reads a profile. Throws as `parseYaml` does. */
export const parseProfile = (text: string): Profile => parseYaml(text, profileSchema)

/**
 * Reads a text of ours in YAML. Throws `bad-profile` {line, key, reason}: the reason is a key of `grammar:`, the cause
 * what YAML or zod say. Aliases are refused: they can blow a small file up.
 */
export function parseYaml<T>(text: string, schema: z.ZodType<T>): T {
  if (text.length > MAX_CHARACTERS) throw refused(1, 'too-long')
  const tooMuch = tooMuchYaml(text)
  if (tooMuch) throw refused(tooMuch.line, tooMuch.reason)
  const lines = new LineCounter()
  const document = parseDocument(text.replace(/^\uFEFF/, ''), {
    lineCounter: lines,
    uniqueKeys: true,
    version: '1.2',
    // What is odd is refused below; the library's own warning would reach the terminal.
    logLevel: 'error',
    prettyErrors: false,
  })
  const [syntax] = document.errors
  if (syntax) throw refused(lines.linePos(syntax.pos[0]).line, 'syntax', '', syntax.message)
  visit(document, {
    Alias(_, node) {
      throw refused(lineOf(node, lines), 'alias')
    },
    Node(_, node) {
      if (node.tag !== undefined) throw refused(lineOf(node, lines), 'tag')
    },
  })
  visit(document, {
    // No key of ours; objects would swallow it without a word.
    Pair(_, { key }) {
      if (isScalar(key) && key.value === '__proto__') throw refused(lineOf(key, lines), 'bad-name', '__proto__')
    },
  })
  const result = schema.safeParse(document.toJS())
  if (result.success) return result.data
  const issue = deepest(result.error.issues)
  const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const path = [...issue.path.map(String), ...extra]
  throw refused(lineAt(document, path, lines), reasonOf(issue), path.join('.'), issue.message)
}

/** The files that a profile names, relative to the folder that it lies in, with their whole paths. */
export function locatedIn(folder: string, profile: Profile): Profile {
  return renamed(profile, (path) => (isAbsolute(path) ? path : under(folder, path)))
}

/** The same the other way round, for a profile that is going to lie in `folder`: what lies there goes along with it. */
export function namedFrom(folder: string, profile: Profile): Profile {
  const start = under(folder, '')
  return renamed(profile, (path) =>
    path.startsWith(start) && path.length > start.length && !isAbsolute(path.slice(start.length))
      ? path.slice(start.length)
      : path,
  )
}

function renamed(profile: Profile, place: (path: string) => string): Profile {
  if (profile.authorities === undefined) return profile
  const authorities = profile.authorities.map(({ file, client, ...rest }) => ({
    ...rest,
    file: place(file),
    ...(client === undefined ? {} : { client: { cert: place(client.cert), key: place(client.key) } }),
  }))
  return { ...profile, authorities }
}

const refused = (line: number, reason: ProfileReason, key = '', cause?: string): CodedError =>
  new CodedError('bad-profile', { line, key, reason }, cause)

type Issue = z.core.$ZodIssue

/** A union reports one issue that hides its branches; the branch that got furthest tells most. */
function deepest(issues: readonly Issue[]): Issue {
  const [first] = issues
  if (!first) throw new Error('a failed parse without an issue')
  if (first.code !== 'invalid_union') return first
  const inner = first.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map((issue) => deepest([{ ...issue, path: [...first.path, ...issue.path] }]))
  return inner.toSorted((a, b) => score(b) - score(a))[0] ?? first
}

const score = (issue: Issue): number => issue.path.length * 2 + (issue.code === 'custom' ? 1 : 0)

function reasonOf(issue: Issue): ProfileReason {
  // Whatever else a schema of ours would say is a value that does not fit.
  if (issue.code === 'custom') return REASONS.find((reason) => reason === issue.message) ?? 'wrong-value'
  return issue.code === 'unrecognized_keys' ? 'unknown-key' : 'wrong-value'
}

function lineAt(document: Document, path: readonly string[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const name = path[length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => String(item.key) === name)
      if (pair && isNode(pair.key)) return lineOf(pair.key, lines)
    }
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node)) return lineOf(node, lines)
  }
  return 1
}

const lineOf = (node: { range?: readonly number[] | null | undefined }, lines: LineCounter): number =>
  lines.linePos(node.range?.[0] ?? 0).line
