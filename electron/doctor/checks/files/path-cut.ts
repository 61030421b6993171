import type { DoctorCheck } from '../../check.ts'

/** What `setx` leaves of a longer value while it says that all went well. */
const CUT = 1024

/** A PATH of Windows that `setx` has cut off: what stood behind is gone. */
export const pathCutCheck: DoctorCheck = {
  id: 'files.path-cut',
  category: 'files',
  deadline: 2000,
  codes: ['files.path-cut'],
  explains: ['command-missing'],
  applies: ({ places }) => Promise.resolve(places.platform === 'win32'),
  async check({ sys }) {
    const path = await sys.readEnv('user', 'Path').catch(() => null)
    if (path === null || path.value.length !== CUT) return { found: [] }
    const last = path.value.split(';').at(-1) ?? ''
    return { found: [{ code: 'files.path-cut', severity: 'warning', subject: 'Path', values: { last, length: CUT } }] }
  },
}
