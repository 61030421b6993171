import type { Override } from '../../contract/machine.ts'
import type { AptState } from '../apt/detect.ts'
import { ownSources } from '../apt/plan.ts'
import { webUris } from '../apt/recognise.ts'

/** Where apt's own archive is set. apt reads every entry, so each counts. */
export function aptOverrides(state: AptState): Override[] {
  const layers = ownSources(state).flatMap(({ file, entry }) =>
    webUris(entry).map(({ text }) => ({
      value: text.replaceAll('"', ''),
      from: `${file.path}:${entry.line}`,
      shell: null,
      wins: true,
    })),
  )
  return layers.length === 0 ? [] : [{ target: 'apt', name: 'URIs', layers }]
}
