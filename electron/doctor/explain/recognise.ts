import type { Explanation } from '../../contract/explain.ts'
import { redact } from '../../core/redact.ts'
import { aptRules } from './apt.ts'
import { dockerRules } from './docker.ts'
import { goRules } from './go.ts'
import { networkRules } from './network.ts'
import { npmRules } from './npm.ts'
import { pipRules } from './pip.ts'
import { type Rule, type Tool } from './rule.ts'
import { shellRules } from './shell.ts'

/** Longest line that is looked at, and the number of lines from the end: logs can be long, patterns must not be slow. */
const MAX_LINE = 4000
const MAX_LINES = 5000

/** What only this tool prints. The order decides where a text mentions several. */
const MARKS: readonly (readonly [Tool, RegExp])[] = [
  ['npm', /^npm (?:error|ERR!|warn|WARN)\b/m],
  [
    'docker',
    /Error response from daemon|docker daemon|Docker daemon|docker API|^docker: |dockerd|daemon\.json|failed to start daemon|failed to resolve reference|invalid reference format|docker[ -](?:endpoint|credential)|exec format error/m,
  ],
  ['apt', /^(?:E|W|Err:\d+|Ign:\d+|Hit:\d+|Get:\d+|N): ?|dpkg/m],
  [
    'pip',
    /pip\._vendor|^(?:ERROR|WARNING): |No matching distribution|externally-managed|HTTPS?ConnectionPool|Configuration file could not be loaded|^User for /m,
  ],
  [
    'go',
    /^go: |go\.(?:mod|sum)|GOPROXY|GOFLAGS|GOROOT|GOPATH|\bcgo: |^main\.go:\d+|checksum mismatch|proxyconnect tcp/m,
  ],
]
const RULES: Readonly<Record<Tool, readonly Rule[]>> = {
  go: [...goRules.slice(0, 2), ...networkRules, ...goRules.slice(2)],
  docker: [...dockerRules, ...networkRules],
  npm: [...npmRules.slice(0, -1), ...networkRules, ...npmRules.slice(-1)],
  apt: [...aptRules.slice(0, 13), ...networkRules, ...aptRules.slice(13)],
  pip: [...networkRules, ...pipRules],
  shell: shellRules,
}

/**
 * What an error text says, nearest to the root first; empty where no line is known. Only reads the text: escape
 * sequences are dropped, secrets in the quoted line are redacted.
 */
export function explain(text: string): readonly Explanation[] {
  const lines = plain(text)
  const tool = MARKS.find(([, mark]) => mark.test(lines.join('\n')))?.[0] ?? 'shell'
  const found: (Explanation & { weight: number; symptom: boolean })[] = []
  const ruled = [...shellRules, ...(tool === 'shell' ? networkRules : RULES[tool])]
  for (const [index, line] of lines.entries()) {
    // Of several that match one line the first is the nearest to the root.
    const weight = ruled.findIndex(({ pattern }) => pattern.test(line))
    const rule = ruled[weight]
    if (rule === undefined || found.some(({ cause }) => cause === rule.cause)) continue
    found.push({
      cause: rule.cause,
      tool,
      values: valuesOf(rule.pattern.exec(line)?.groups ?? {}),
      line: index + 1,
      quote: redact(line.trim()).slice(0, 500),
      weight,
      symptom: rule.symptom === true,
    })
  }
  const causes = found.filter(({ symptom }) => !symptom)
  return (causes.length > 0 ? causes : found)
    .toSorted((a, b) => a.weight - b.weight)
    .map(({ cause, tool: by, values, line, quote }) => ({ cause, tool: by, values, line, quote }))
}

/** Lines without colours and carriage returns; of a long log the end. */
function plain(text: string): readonly string[] {
  const lines = text
    // oxlint-disable-next-line no-control-regex -- terminal sequences begin with ESC
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .split(/\r?\n|\r/)
    .slice(-MAX_LINES)
  return lines.map((line) => line.slice(0, MAX_LINE))
}

/** Several groups may stand for one thing, one for each tool's words. */
function valuesOf(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(groups)) {
    if (value === undefined) continue
    const as = ALIASES[name] ?? name
    values[as] ??= redact(value).slice(0, 200)
  }
  return values
}

const ALIASES: Readonly<Record<string, string>> = {
  peer: 'host',
  server: 'host',
  name: 'name',
  other: 'host',
  code: 'status',
  npm: 'status',
  docker: 'status',
  pip: 'status',
  zsh: 'name',
  fish: 'name',
  cmd: 'name',
  ps: 'name',
  pszh: 'name',
  address: 'endpoint',
  reference: 'image',
}

/** Every cause that can be named. */
export const CAUSES: readonly string[] = [
  ...new Set(Object.values({ ...RULES, network: networkRules }).flatMap((list) => list.map(({ cause }) => cause))),
]
