import { assertNever } from '../core/errors.ts'

export type Column = 'name' | 'address' | 'port' | 'user' | 'system'

const NAMES: Readonly<Record<Column, readonly string[]>> = {
  name: [
    'name',
    'seat',
    'host',
    'hostname',
    'computer',
    'machine',
    '名称',
    '名字',
    '座位',
    '座位号',
    '机器',
    '机器名',
    '主机',
    '主机名',
    '计算机',
    '计算机名',
    '机位',
    '编号',
  ],
  address: ['address', 'addr', 'ip', 'ipaddress', 'ipv4', '地址', 'ip地址', '网络地址'],
  port: ['port', 'sshport', '端口', 'ssh端口'],
  user: ['user', 'username', 'account', 'login', '用户', '用户名', '账号', '帐号', '账户', '登录名'],
  system: ['system', 'os', 'platform', '系统', '操作系统'],
}

const plain = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, '')

/** Which column stands where, if a line is a heading: every word of it is one. null: it is no heading. */
export function headingOf(cells: readonly string[]): readonly (Column | null)[] | null {
  const found = cells.map(columnOf)
  if (!found.includes('name') && !found.includes('address')) return null
  return found.every((column, index) => column !== null || index >= 2 || cells[index] === '') ? found : null
}

function columnOf(cell: string): Column | null {
  for (const column of ['name', 'address', 'port', 'user', 'system'] as const)
    if (NAMES[column].includes(plain(cell))) return column
  return null
}

/** The order where nobody wrote a heading. */
export const DEFAULT_COLUMNS: readonly Column[] = ['name', 'address', 'user', 'system']

/** What a person calls a system. null: nothing that we know. */
export function systemOf(word: string): 'linux' | 'windows' | null {
  const text = plain(word)
  if (text === '') return 'linux'
  if (/^(win|windows|视窗)/.test(text)) return 'windows'
  if (/^(linux|ubuntu|debian|deepin|uos|统信|麒麟|kylin|openeuler|fedora|centos|mint|suse|arch)/.test(text))
    return 'linux'
  return null
}

/** How a cell's words are separated in a line. A tab is what pasting from a spreadsheet gives. */
export function splitLine(line: string): string[] {
  const separator = line.includes('\t') ? '\t' : /[,，]/.test(line) ? ',' : line.includes(';') ? ';' : ' '
  switch (separator) {
    case ' ':
      return line.trim().split(/\s+/)
    case ',':
    case ';':
    case '\t':
      return quoted(separator === ',' ? line.replaceAll('，', ',') : line, separator)
    default:
      return assertNever(separator)
  }
}

/** Cells of a CSV line: quotes around a cell are taken off, two inside of them are one. */
function quoted(line: string, separator: string): string[] {
  const cells: string[] = []
  let from = 0
  let open = false
  for (let at = 0; at <= line.length; at++) {
    if (line[at] === '"') open = !open
    if (at < line.length && (open || line[at] !== separator)) continue
    const cell = line.slice(from, at).trim()
    cells.push(/^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"').trim() : cell)
    from = at + 1
  }
  return cells
}
