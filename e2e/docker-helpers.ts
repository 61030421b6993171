import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TaskReport } from '../electron/contract/task.ts'
import type { Places } from '../electron/core/places.ts'
import { findEndpoint } from '../electron/docker/endpoint.ts'
import { type Engine, openEngine } from '../electron/docker/engine.ts'
import { linuxPlaces } from '../electron/platform/linux/places.ts'
import { realSystem } from '../electron/system/real.ts'
import type { Lab } from './lab/lab.ts'

export const never = new AbortController().signal
export const sys = realSystem()

/** The places of a program that was started with the lab's `--home` and `--root`. */
export function labPlaces(lab: Lab): Places {
  const { PATH } = process.env
  return linuxPlaces({ home: lab.home, root: lab.root, environment: { PATH }, uid: 0, username: 'root' })
}

export async function labEngine(lab: Lab): Promise<Engine> {
  return openEngine(await findEndpoint(sys, labPlaces(lab)))
}

/** For `startLab`: a broken layer is tried twice and not six times, which takes over a minute. */
export const IMPATIENT = { daemonJson: '{"max-download-attempts": 1}' }

/** Puts mirrors into the lab's daemon.json and waits until the engine has them. */
export async function useMirrors(lab: Lab, mirrors: readonly string[]): Promise<void> {
  await writeFile(lab.daemonJson, JSON.stringify({ 'registry-mirrors': mirrors, 'max-download-attempts': 1 }))
  process.kill(Number(await readFile(lab.pidFile, 'utf8')), 'SIGHUP')
  const wanted = JSON.stringify(mirrors.map((mirror) => `${mirror}/`))
  for (let left = 100; left > 0; left--) {
    if ((await lab.docker('info', '--format', '{{json .RegistryConfig.Mirrors}}')) === wanted) return
    await sleep(50)
  }
  throw new Error(`the engine does not show ${wanted}`)
}

/** Collects what a task reports. */
export function recorder() {
  const reports: TaskReport[] = []
  const progress = () => reports.flatMap((report) => (report.type === 'progress' ? [report] : []))
  return { report: (report: TaskReport) => void reports.push(report), progress }
}
