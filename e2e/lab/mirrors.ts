import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from './lab.ts'

/** Puts mirrors into the lab's daemon.json behind GoReady's back and waits until the engine shows them. */
export async function setMirrors(on: Lab, mirrors: readonly string[]): Promise<void> {
  await writeFile(on.daemonJson, JSON.stringify({ 'registry-mirrors': mirrors }))
  process.kill(Number(await readFile(on.pidFile, 'utf8')), 'SIGHUP')
  const wanted = JSON.stringify(mirrors.map((mirror) => `${mirror}/`))
  for (let left = 100; left > 0; left--) {
    if ((await on.docker('info', '--format', '{{json .RegistryConfig.Mirrors}}')) === wanted) return
    await sleep(50)
  }
  throw new Error(`the engine does not show ${wanted}`)
}
