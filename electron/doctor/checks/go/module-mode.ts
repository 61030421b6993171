import type { DoctorCheck } from '../../check.ts'
import { foundValue } from './finding.ts'
import { goProject } from './project.ts'
import { goValue, placesWhere } from './values.ts'

/** GO111MODULE as old tutorials leave it behind. `on` is what Go does anyway. */
export const goModuleModeCheck: DoctorCheck = {
  id: 'go.module-mode',
  category: 'go',
  deadline: 5000,
  codes: ['go.module-off', 'go.module-auto', 'go.module-bad'],
  explains: ['go-not-std', 'go-no-module', 'go-install-version'],
  async check(context) {
    const [value, project] = await Promise.all([goValue(context, 'GO111MODULE'), goProject(context)])
    const told = (code: string, severity: 'error' | 'warning' | 'info', isWrong: (text: string) => boolean) => {
      const wrong = placesWhere(value, isWrong).filter(({ wins }) => wins)
      return wrong.length === 0
        ? []
        : [foundValue(context, { code, severity, value, wrong, plainlyBroken: code === 'go.module-bad' })]
    }
    return {
      found: [
        ...told('go.module-off', project === null ? 'warning' : 'error', (text) => text === 'off'),
        ...told('go.module-auto', 'info', (text) => text === 'auto'),
        ...told('go.module-bad', 'error', (text) => !['on', 'off', 'auto'].includes(text)),
      ],
    }
  },
}
