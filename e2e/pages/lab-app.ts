import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../lab/lab.ts'

/** The lab's tags, and the lab's servers as the only living mirrors, for `--catalogue`. */
export function labCatalogue(lab: Lab): string {
  const path = join(lab.dir, 'window-catalogue.json')
  const mirror = (target: string, url: string) => ({
    id: target,
    target,
    name: { zh: '实验室', en: 'The lab' },
    url,
    country: null,
    status: 'alive',
    since: null,
    limits: null,
    source: 'test',
    date: '2026-11',
  })
  const mirrors = [mirror('go', lab.goproxy.url), mirror('docker', lab.registry.url)]
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(lab.catalogue, 'utf8')), mirrors }))
  return path
}

/** A profile that leaves the choice to the wizard, but for what only the lab knows. JSON is YAML. */
export function labProfileFile(lab: Lab): string {
  const path = join(lab.dir, 'lab.goready.yml')
  const env = { set: { GREETING: '你好' } }
  writeFileSync(
    path,
    JSON.stringify({
      version: 1,
      sources: { go: 'auto', docker: 'auto', sumdb: lab.goproxy.sumdb },
      image: 'newest',
      env,
    }),
  )
  return path
}
