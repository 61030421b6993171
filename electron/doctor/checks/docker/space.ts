import { PLAIN_PATH } from '../../../settings/find-program.ts'
import { type DoctorCheck, nothingFound } from '../../check.ts'
import { lookAtEngine } from './engine-look.ts'
import { reloads } from './daemon-json.ts'
import { sizeText } from './size.ts'

const GIB = 1024 ** 3
/** A golang image needs its compressed and its unpacked bytes at the same time. */
const LEAST = GIB
/** Below so much, and below this share, the next few images fill the disk. */
const LITTLE = 5 * GIB
const SHARE = 0.03
/** Where the home lies on the same disk, so little stops everything, which the check of the home says. */
const NOTHING = 50 * 1024 ** 2

/** Whether there is room where the engine keeps its images. Only for one of this machine. */
export const dockerSpaceCheck: DoctorCheck = {
  id: 'docker.space',
  category: 'docker',
  deadline: 5000,
  codes: ['docker.disk-full'],
  explains: ['disk-full', 'docker-layer'],
  async check(context, signal) {
    const { sys, places, facts } = context
    const { flavour, endpoint } = await facts.docker()
    if (places.platform !== 'linux' || !endpoint.startsWith('unix:') || !reloads(flavour)) return nothingFound
    const root = (await lookAtEngine(context, signal))?.root ?? null
    if (root === null) return nothingFound
    const options = { env: { PATH: PLAIN_PATH, LC_ALL: 'C' }, cwd: '/', timeout: 2500, signal }
    const answer = await sys.query(['df', '-Pk', root, places.home], options).catch(() => null)
    const [disk, home] = rows(answer?.stdout ?? '')
    if (disk === undefined || disk.total === 0) return nothingFound
    const { free, total, mount } = disk
    const values = { root, mount, free: sizeText(free), total: sizeText(total) }
    const fact = { key: 'doctor-docker:fact.space', values }
    const low = free < LEAST || (free < LITTLE && free < total * SHARE)
    if (!low || (free < NOTHING && home?.mount === mount)) return { found: [], facts: [fact] }
    const severity = free < LEAST ? ('error' as const) : ('warning' as const)
    const evidence = [`df ${root}: ${free} of ${total} bytes free on ${mount}`]
    return { found: [{ code: 'docker.disk-full', severity, subject: root, values, evidence }], facts: [fact] }
  },
}

type Disk = { mount: string; total: number; free: number }

/** `df -P`: name, 1024-blocks, used, available, share, place (POSIX df). */
function rows(text: string): readonly Disk[] {
  return [...text.matchAll(/^\S.*?\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s+(\/.*)$/gm)].map(([, total, free, mount = '']) => ({
    mount,
    total: Number(total) * 1024,
    free: Number(free) * 1024,
  }))
}
