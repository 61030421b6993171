import type { Override } from '../../contract/machine.ts'
import type { FormatId, Target } from '../../contract/plan.ts'
import { INDEX } from '../pip/detect.ts'
import type { Below } from './tool.ts'

/** Which setting of which tool a name means; null: none. The variable's own spelling is kept by whoever asks. */
export function toolSetting(name: string): { target: Override['target']; name: string } | null {
  if (/^npm_config_registry$/i.test(name) || name === 'registry') return { target: 'npm', name: 'registry' }
  if (/^@[^:]+:registry$/.test(name)) return { target: 'npm', name }
  if (name === 'PIP_INDEX_URL' || name === 'index-url') return { target: 'pip', name: 'index-url' }
  if (
    ['registry-mirrors', 'http-proxy', 'https-proxy', 'no-proxy', 'httpProxy', 'httpsProxy', 'noProxy'].includes(name)
  )
    return { target: 'docker', name }
  return null
}

/** What a tool's own files (or a running engine) say, out of the overrides of the machine. */
export function overrideBelow(override: Override): readonly Below[] {
  return override.layers.flatMap(({ value, from, shell }): Below[] => {
    if (shell !== null || from === 'environment') return []
    const [, path, line] = /^(.*):(\d+)$/.exec(from) ?? []
    if (path === undefined || !path.startsWith('/')) {
      const hint = { key: 'why:hint.engine' }
      return [{ kind: 'engine', from, line: null, value, read: 'counts', removals: [], hint }]
    }
    const edit = value === null ? null : targetOf(override, path)
    const removals =
      edit === null || value === null
        ? []
        : [{ kind: 'remove' as const, edits: [{ ...edit, before: beforeOf(override, value), after: null }] }]
    const hint =
      removals.length > 0
        ? {}
        : { hint: { key: 'why:hint.byHand', values: { name: override.name, path, line: Number(line) } } }
    return [{ kind: 'tool-file', from: path, line: Number(line), value, read: 'counts', removals, ...hint }]
  })
}

const beforeOf = ({ name }: Override, value: string) => (name === 'registry-mirrors' ? value.split(' ') : value)

function targetOf({ target, name }: Override, path: string) {
  const file = (format: FormatId, notify: Target['notify'] = []): Target => ({
    kind: 'file',
    path,
    format,
    mode: 0o644,
    notify,
  })
  if (target === 'npm') return { target: file('npmrc'), owner: 'npm' as const, key: name }
  if (target === 'pip') return { target: file('pip-conf'), owner: 'pip' as const, key: INDEX }
  // The engine takes only these from a file that it reads again; the rest waits for a restart that nobody asked for.
  if (name === 'registry-mirrors')
    return { target: file('daemon-json', ['docker-reload']), owner: 'docker' as const, key: name }
  return null
}
