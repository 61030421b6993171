import { type Part, type Statement, type Test, unsure, type Word } from './statement.ts'

/** The statements of a file of csh or tcsh, which reads line by line. See `readSh`. */
export function readCsh(text: string): readonly Statement[] {
  const lines = text.replaceAll('\\\n', '  ').split('\n')
  const cut = text.includes('\\\n') || text.includes('<<') || text.includes('\r')
  if (cut) return [{ kind: 'unsure', line: 1, text, all: true, forever: true }]
  const at = { line: 0 }
  const found: Statement[] = []
  while (at.line < lines.length) found.push(...readLine(lines, at))
  return found
}

type Cursor = { line: number }

/** One line, or the whole of a block that begins on it. */
function readLine(lines: readonly string[], at: Cursor): readonly Statement[] {
  const number = at.line + 1
  const commands = split(lines[at.line++] ?? '')
  if (commands === null)
    return [{ kind: 'unsure', line: number, text: lines.slice(at.line - 1).join('\n'), all: true, forever: true }]
  const [first] = commands
  const opens = /^if\s*\(.*\)\s*then$/.exec(first ?? '')
  if (opens && commands.length === 1) return [branch(first ?? '', lines, at, number)]
  if (/^(foreach|while|switch)\b/.test(first ?? '')) return [loop(lines, at, number)]
  return commands.map((command) => cshCommand(command, number))
}

function branch(head: string, lines: readonly string[], at: Cursor, line: number): Statement {
  const body: Statement[] = []
  const otherwise: Statement[] = []
  let into = body
  let deep = false
  const from = at.line
  while (at.line < lines.length) {
    const text = (lines[at.line] ?? '').trim()
    if (/^endif\b/.test(text)) {
      at.line++
      const test = condition(head.replace(/^if\s*\(/, '').replace(/\)\s*then$/, ''), line)
      if (deep) return unsure(line, [head, ...lines.slice(from, at.line)].join('\n'))
      return { kind: 'branch', line, arms: [{ when: [test], body }], otherwise }
    }
    if (/^else\b/.test(text)) {
      if (text !== 'else') deep = true
      into = otherwise
      at.line++
      continue
    }
    into.push(...readLine(lines, at))
  }
  return { kind: 'unsure', line, text: [head, ...lines.slice(from)].join('\n'), all: true, forever: true }
}

function loop(lines: readonly string[], at: Cursor, line: number): Statement {
  let depth = 1
  const from = at.line - 1
  while (at.line < lines.length && depth > 0) {
    const text = (lines[at.line++] ?? '').trim()
    if (/^(foreach|while|switch)\b/.test(text)) depth++
    if (/^(end|endsw)\s*;?$/.test(text)) depth--
  }
  const text = lines.slice(from, at.line).join('\n')
  return depth > 0 ? { kind: 'unsure', line, text, all: true, forever: true } : unsure(line, text)
}

/** The commands of a line; null: a quote that is not closed, or something that joins them otherwise. */
function split(line: string): readonly string[] | null {
  const commands: string[] = []
  let current = ''
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '\\') {
      current += line.slice(at, at + 2)
      at++
    } else if (char === "'" || char === '"' || char === '`') {
      const stop = line.indexOf(char, at + 1)
      if (stop < 0) return null
      current += line.slice(at, stop + 1)
      at = stop
    } else if (char === '#' && (current === '' || /\s$/.test(current))) break
    else if (char === ';') {
      commands.push(current.trim())
      current = ''
    } else current += char
  }
  return [...commands, current.trim()].filter((command) => command !== '')
}

function cshCommand(text: string, line: number): Statement {
  if (/^(if)\b/.test(text)) {
    const [, head = '', command = ''] = /^if\s*(\((?:[^()]|\([^()]*\))*\))\s*(.*)$/.exec(text) ?? []
    if (command === '') return unsure(line, `eval ${text}`)
    const when = [condition(head.slice(1, -1), line)]
    return { kind: 'branch', line, arms: [{ when, body: [cshCommand(command, line)] }], otherwise: [] }
  }
  if (/&&|\|\||[|`&]/.test(text.replace(/'[^']*'|"[^"`]*"/g, ''))) return unsure(line, text)
  const words = cshWords(text)
  const [command, a, b, ...more] = words
  switch (command?.raw) {
    case 'setenv':
      if (a === undefined) return { kind: 'nothing', line }
      if (more.length > 0 || !/^[A-Za-z_]\w*$/.test(a.raw)) return unsure(line, text)
      return { kind: 'set', line, name: a.raw, word: b ?? { raw: '', parts: [] }, exported: true }
    case 'unsetenv':
      return b === undefined && /^[A-Za-z_]\w*$/.test(a?.raw ?? '')
        ? { kind: 'unset', line, name: a?.raw ?? '' }
        : unsure(line, text)
    case 'source':
      return a === undefined || b !== undefined ? unsure(line, `eval ${text}`) : { kind: 'source', line, word: a }
    case 'set':
      return /\b(path|home|user|term|shlvl)\b/i.test(text)
        ? { kind: 'unsure', line, text: 'PATH HOME USER TERM SHLVL', all: false }
        : { kind: 'nothing', line }
    case 'alias':
      return { kind: 'define', line, name: a?.raw ?? '', text }
    case 'exit':
    case 'logout':
      // Within a file that another one reads, csh leaves that file alone.
      return { kind: 'unsure', line, text, all: true, forever: true }
    case 'exec':
      return { kind: 'stop', line, of: 'shell' }
    case 'eval':
    case 'else':
    case 'endif':
    case 'goto':
      return { kind: 'unsure', line, text, all: true, forever: true }
    default:
      return { kind: 'run', line, name: command?.raw ?? '', text }
  }
}

function condition(text: string, line: number): Statement {
  const test = testOf(text.trim())
  return test === null
    ? { kind: 'run', line, name: '(', text: '' }
    : test.not
      ? { kind: 'not', line, of: { kind: 'test', line, test: test.test } }
      : { kind: 'test', line, test: test.test }
}

function testOf(text: string): { test: Test; not: boolean } | null {
  const [, bang = '', rest = ''] = /^(!?)\s*(.*)$/.exec(text) ?? []
  const not = bang === '!'
  const [, name] = /^\$\?([A-Za-z_]\w*)$/.exec(rest) ?? []
  // `prompt` and `tcsh` are csh's own variables and not the environment's.
  if (name !== undefined) return /^[A-Z]/.test(name) ? { test: { kind: 'set', name }, not } : null
  const [, letter, path] = /^-([efdr])\s+(\S+)$/.exec(rest) ?? []
  const of = (['e', 'f', 'd', 'r'] as const).find((one) => one === letter)
  const [word, more] = cshWords(path ?? '')
  return of !== undefined && word !== undefined && more === undefined ? { test: { kind: 'file', of, word }, not } : null
}

function cshWords(text: string): readonly Word[] {
  const words: Word[] = []
  let at = 0
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++
      continue
    }
    const from = at
    let parts: Part[] | null = []
    const add = (part: Part | null): void => {
      if (part === null) parts = null
      else if (parts !== null) parts.push(part)
    }
    while (at < text.length && !/\s/.test(text.charAt(at))) at = cshPart(text, at, at === from, add)
    words.push({ raw: text.slice(from, at), parts })
  }
  return words
}

function cshPart(text: string, at: number, first: boolean, add: (part: Part | null) => void): number {
  const char = text.charAt(at)
  if (char === "'" || char === '"') {
    const stop = text.indexOf(char, at + 1)
    const inner = text.slice(at + 1, stop)
    if (inner.includes('!') || inner.includes('\\') || inner.includes('`')) add(null)
    else if (char === "'") add({ kind: 'text', text: inner, quoted: true })
    else {
      add({ kind: 'text', text: '', quoted: true })
      for (let i = 0; i < inner.length; ) i = dollarOrText(inner, i, true, add)
    }
    return stop < 0 ? text.length : stop + 1
  }
  if (char === '~' && first && /^~(\/|$)/.test(text.slice(at))) {
    add({ kind: 'variable', name: 'HOME', rule: null, other: '', quoted: true })
    return at + 1
  }
  if ('\\`*?[]{}~!^<>()='.includes(char) && !(char === '=' && !first)) {
    add(null)
    return at + (char === '\\' ? 2 : 1)
  }
  return dollarOrText(text, at, false, add)
}

function dollarOrText(text: string, at: number, quoted: boolean, add: (part: Part | null) => void): number {
  const char = text.charAt(at)
  if (char !== '$') {
    add({ kind: 'text', text: char, quoted })
    return at + 1
  }
  const [whole, braced, bare] = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))(?![[:])/.exec(text.slice(at)) ?? []
  const name = braced ?? bare
  // `$PATH:x` would be a modifier.
  add(
    whole === undefined || name === undefined || !/^[A-Z]/.test(name)
      ? null
      : { kind: 'variable', name, rule: null, other: '', quoted },
  )
  return at + (whole?.length ?? 1)
}
