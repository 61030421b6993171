import type { Note } from '../../../contract/note.ts'
import { hostOf } from '../../../settings/ask-tool.ts'
import type { AptState, Source } from '../../../settings/apt/detect.ts'
import { webUris } from '../../../settings/apt/recognise.ts'
import { endedMirror } from '../../../mirrors/ended.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { judgeLists } from './lists.ts'

/** Where apt's sources point: at mirrors that have ended, that stand still, that no longer have the release. */
export const aptSourcesCheck: DoctorCheck = {
  id: 'packages.sources',
  category: 'packages',
  deadline: 4000,
  codes: ['packages.source-dead', 'packages.source-stale', 'packages.suite-ended'],
  explains: ['apt-release-old', 'apt-no-release', 'apt-hash', 'apt-unknown-package'],
  applies: async ({ facts }) => (await facts.apt()).files.length > 0,
  async check(context) {
    const state = await context.facts.apt()
    const dead = deadFound(state, context)
    const gone = new Set(dead.map(({ subject }) => subject))
    const lists = await judgeLists(context, state, anotherMirror)
    // What has ended stands still as well.
    return {
      found: [...dead, ...lists.filter(({ values }) => !gone.has(`${values?.['host']}`))],
      facts: doubles(state),
    }
  },
}

function deadFound(state: AptState, { mirrors }: DoctorContext): readonly Found[] {
  const found = new Map<string, Found>()
  for (const source of state.sources) {
    const { file, entry } = source
    for (const { text } of webUris(entry)) {
      const address = text.replaceAll('"', '')
      const mirror = endedMirror(mirrors.mirrors, 'apt', address)
      const host = hostOf(address)
      if (mirror === undefined || found.has(host)) continue
      found.set(host, {
        code: 'packages.source-dead',
        severity: 'warning',
        subject: host,
        values: { host, address, path: file.path, line: entry.line, since: mirror.since ?? '' },
        evidence: [`${file.path}:${entry.line}: ${address}`],
        repairs: anotherMirror(source),
      })
    }
  }
  return [...found.values()]
}

/** Only the distribution's own archive has mirrors that we know. */
const anotherMirror = ({ kind }: Source): readonly Repair[] =>
  kind === 'archive'
    ? [
        {
          kind: 'profile',
          note: { key: 'doctor-packages:repair.mirror' },
          safe: false,
          profile: { version: 1, sources: { apt: 'auto' } },
        },
      ]
    : []

/** The same source twice does no harm; apt only says so at each update. */
function doubles({ sources }: AptState): readonly Note[] {
  const seen = new Map<string, string>()
  const notes = new Map<string, Note>()
  for (const { file, entry } of sources)
    for (const type of entry.types)
      for (const { text } of entry.uris)
        for (const suite of entry.suites)
          for (const component of entry.components) {
            const name = [type, text.replace(/\/+$/, ''), suite, component].join(' ')
            const place = `${file.path}:${entry.line}`
            const first = seen.get(name)
            if (first === undefined) seen.set(name, place)
            else if (first !== place)
              notes.set(`${first} ${place}`, {
                key: 'doctor-packages:fact.duplicate',
                values: { first, second: place, suite },
              })
          }
  return [...notes.values()]
}
