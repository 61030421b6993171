import { folderOf } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import type { Reader } from '../../../core/system.ts'
import { findPrograms, PLAIN_PATH } from '../../../settings/find-program.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { shellWord } from './shell-word.ts'

/** Kilobytes below which a Go build, a download or our own records no longer fit. */
const LEAST = 50 * 1024

/** Whether what has to be written can be: a file system that only reads, a file that is locked, a full disk. */
export const spaceCheck: DoctorCheck = {
  id: 'files.space',
  category: 'files',
  deadline: 4000,
  codes: ['files.read-only', 'files.immutable', 'files.disk-full', 'files.inodes-full'],
  explains: ['disk-full', 'read-only'],
  async check(context, signal) {
    const [shut, full] = await Promise.all([shutPlaces(context), fullDisks(context, signal)])
    return { found: [...shut, ...full] }
  },
}

/** Where we and the tools write settings of this user. */
const writtenBy = (places: Places): readonly string[] => [
  places.home,
  places.state,
  places.config,
  ...(places.goenv === null ? [] : [places.goenv]),
  places.npm.userconfig,
  ...places.pip.user.slice(-1),
  places.docker.configDir,
]

async function shutPlaces({ sys, places }: DoctorContext): Promise<readonly Found[]> {
  const home = await sys.resolve(places.home).catch(() => places.home)
  const shut = new Map<string, Found>()
  for (const path of writtenBy(places)) {
    const real = await sys.resolve(path).catch(() => path)
    // A setting that is a link out of the home is kept by whoever keeps what it leads to.
    if (real !== home && !real.startsWith(`${home}/`) && path.startsWith(`${places.home}/`)) continue
    const obstacle = await sys.obstacle(real).catch(() => null)
    if (obstacle === null || obstacle.why === 'not-owned') continue
    const stat = await sys.lstat(obstacle.path).catch(() => null)
    const immutable = obstacle.why === 'immutable'
    // A missing write bit is told of as what it is.
    if (!immutable && (stat === null || (stat.mode & 0o200) === 0)) continue
    shut.set(obstacle.path, {
      code: immutable ? 'files.immutable' : 'files.read-only',
      severity: 'error',
      subject: obstacle.path,
      values: { path: obstacle.path, command: `sudo chattr -i ${shellWord(obstacle.path)}` },
      evidence: [`${obstacle.path}: ${obstacle.why}`],
    })
  }
  const outer = [...shut.keys()]
  return [...shut].filter(([path]) => !outer.some((other) => path.startsWith(`${other}/`))).map(([, found]) => found)
}

type Disk = { mount: string; total: number; free: number }

async function fullDisks({ sys, places }: DoctorContext, signal: AbortSignal): Promise<readonly Found[]> {
  if (places.platform === 'win32') return []
  const program = (await findPrograms(sys, places, 'df', ['/bin/df', '/usr/bin/df']))[0]
  if (program === undefined) return []
  const paths: string[] = []
  for (const path of [places.home, places.state, places.config, places.environment['TMPDIR'] ?? '/tmp']) {
    const there = await nearest(sys, path)
    if (!paths.includes(there)) paths.push(there)
  }
  const ask = async (option: string): Promise<readonly Disk[]> => {
    const options = { env: { PATH: PLAIN_PATH, LC_ALL: 'C' }, cwd: '/', timeout: 2500, signal }
    // A share whose server is gone answers nobody.
    const answer = await sys.query([program, option, ...paths], options).catch(() => null)
    return parseDf(answer?.stdout ?? '')
  }
  const [space, inodes] = await Promise.all([ask('-Pk'), places.platform === 'linux' ? ask('-Pi') : []])
  const full = space.filter(({ total, free }) => total > 0 && free < LEAST)
  // btrfs and others have no fixed number of them and say 0 of 0.
  const used = inodes.filter(
    ({ total, free, mount }) => total > 0 && free === 0 && !full.some((one) => one.mount === mount),
  )
  return [
    ...full.map((disk) => diskFound('files.disk-full', disk)),
    ...used.map((disk) => diskFound('files.inodes-full', disk)),
  ]
}

async function nearest(sys: Reader, path: string): Promise<string> {
  for (let at = path; ; at = folderOf(at))
    if (at === folderOf(at) || (await sys.lstat(at).catch(() => null)) !== null) return at
}

/** POSIX's form: a line of names, then `NAME TOTAL USED FREE PERCENT MOUNT`, where the last may hold spaces. */
export function parseDf(text: string): readonly Disk[] {
  const disks = new Map<string, Disk>()
  for (const line of text.split('\n').slice(1)) {
    const [, total, free, mount] = /\s(\d+)\s+\d+\s+(-?\d+)\s+\S+\s+(\/.*)$/.exec(line) ?? []
    if (mount !== undefined) disks.set(mount, { mount, total: Number(total), free: Number(free) })
  }
  return [...disks.values()]
}

const diskFound = (code: string, { mount, free, total }: Disk): Found => ({
  code,
  severity: 'error',
  subject: mount,
  values: {
    path: mount,
    free: Math.max(0, Math.floor(free / 1024)),
    command: `sudo du -xh ${shellWord(mount)} | sort -h | tail`,
  },
  evidence: [`${mount}: ${free} / ${total}`],
})
