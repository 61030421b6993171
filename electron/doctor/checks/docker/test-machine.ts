import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExecResult, Reader } from '../../../core/system.ts'
import type { Places } from '../../../core/places.ts'
import { dockerState } from '../../../docker/state.ts'
import { realSystem } from '../../../system/real.ts'
import { linuxPlaces } from '../../../platform/linux/places.ts'
import { detectGo } from '../../../settings/go/detect.ts'
import type { Checked, DoctorCheck, DoctorContext } from '../../check.ts'
import { once } from '../../facts.ts'
import { type Answers, startEngine } from './test-engine.ts'

/** A Linux machine in a temporary folder: a home, a root, and engines on its sockets. */
export type Machine = {
  dir: string
  places: Places
  socket: string
  daemonJson: string
  /** Answers of programs by the name of their file; any other one is not there. */
  programs: Map<string, Partial<ExecResult>>
  write(path: string, content: string | Uint8Array): Promise<void>
  engine(answers?: Answers, socket?: string): Promise<() => Promise<void>>
  check(check: DoctorCheck): Promise<Checked>
  remove(): Promise<void>
}

type Options = {
  environment?: Readonly<Record<string, string>>
  /** The machine's own root is meant, with this socket: DOCKER_HOST and contexts count. */
  ownRoot?: boolean
  now?: () => number
  uid?: number
}

export async function makeMachine(options: Options = {}): Promise<Machine> {
  const dir = await mkdtemp(join(tmpdir(), 'grk-'))
  const root = join(dir, 'root')
  const socket = join(root, 'var/run/docker.sock')
  const daemonJson = join(root, 'etc/docker/daemon.json')
  for (const folder of [dirname(socket), dirname(daemonJson), join(dir, 'home/.docker')])
    await mkdir(folder, { recursive: true })
  const environment = { PATH: join(dir, 'bin'), ...options.environment }
  const found = linuxPlaces({
    home: join(dir, 'home'),
    root,
    environment: { PATH: environment.PATH },
    uid: 1000,
    username: 'ann',
  })
  const address = `unix://${socket}`
  const flavour = 'docker-engine' as const
  const places: Places = {
    ...found,
    otherRoot: options.ownRoot !== true,
    environment,
    docker: { ...found.docker, sockets: [{ address, flavour }], programs: [join(dir, 'bin/docker')] },
  }
  const programs = new Map<string, Partial<ExecResult>>()
  const real = realSystem()
  const sys: Reader = {
    ...real,
    identity: { uid: options.uid ?? 1000, gid: options.uid ?? 1000 },
    query: (argv) => {
      const answer = programs.get(argv[0].split('/').pop() ?? '')
      if (answer === undefined) return Promise.reject(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }))
      return Promise.resolve({ code: 0, stdout: '', stderr: '', ...answer })
    },
  }
  const stops: (() => Promise<void>)[] = []
  return {
    ...{ dir, places, socket, daemonJson, programs },
    async write(path, content) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content, { mode: 0o755 })
    },
    async engine(answers, at = socket) {
      const stop = await startEngine(at, answers)
      stops.push(stop)
      return stop
    },
    check: (check) => runCheck(check, sys, places, options.now ?? Date.now),
    async remove() {
      for (const stop of stops) await stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

const never = new AbortController().signal
const unused = (): never => {
  throw new Error('no check of Docker asks for this')
}

export function runCheck(check: DoctorCheck, sys: Reader, places: Places, now: () => number): Promise<Checked> {
  const facts: DoctorContext['facts'] = {
    ...{ goTools: unused, npm: unused, pip: unused, apt: unused, overrides: unused, startups: unused, shells: unused },
    ...{ probes: unused, trust: unused, docker: once(() => dockerState(sys, places, never, 1000)) },
    go: once(() => detectGo(sys, places, never)),
  }
  const mirrors = { date: '2026-11-01', mirrors: [] }
  const context: DoctorContext = {
    ...{ sys, places, facts, mirrors, now, http: unused, authorities: unused, setUp: false },
    witnesses: { resolvers: [] },
  }
  return check.check(context, never)
}
