import type { Places } from '../core/places.ts'
import { CodedError } from '../core/errors.ts'
import type { Reader } from '../core/system.ts'
import { dockerState } from '../docker/state.ts'
import type { DoctorCheck, DoctorContext } from '../doctor/check.ts'
import { dockerDaemonJsonCheck } from '../doctor/checks/docker/daemon-json.ts'
import { dockerMirrorsCheck } from '../doctor/checks/docker/mirrors.ts'
import { ownersCheck } from '../doctor/checks/files/owners.ts'
import type { Facts } from '../doctor/facts.ts'
import { runChecks } from '../doctor/run.ts'
import { codeOf, HELPERS_REPAIRS } from './allowed.ts'
import type { Asking } from './giving-back.ts'
import type { HelpersDoctor } from './replan.ts'
import { readerOf } from './reader.ts'

/** The machine's checks see no home; the one of a person's files sees that of whoever asks. */
const CHECKS: readonly { check: DoctorCheck; ofHome: boolean }[] = [
  { check: dockerDaemonJsonCheck, ofHome: false },
  { check: dockerMirrorsCheck, ofHome: false },
  { check: ownersCheck, ofHome: true },
]

type Parts = {
  sys: Reader
  places: Places
  asking: Asking | null
  /** The paths of a home, without any person's environment. */
  placesOf(home: string): Places
}

/** As in `openFacts`. */
const DOCKER_PATIENCE = 3500

/** The check-up with root's rights: it reads files and asks Docker, runs no tool of any person's, and uses no network. */
export function openHelpersDoctor({ sys, places, asking, placesOf }: Parts): HelpersDoctor {
  // It finds what the person's own look found.
  const reader = asking === null ? sys : { ...readerOf(sys), identity: { uid: asking.uid, gid: asking.gid } }
  return {
    asking,
    async repairs(ids, signal) {
      const wanted = new Set(ids.map((id) => HELPERS_REPAIRS.get(codeOf(id))))
      const known: Awaited<ReturnType<typeof runChecks>>['repairs'][] = []
      for (const { check, ofHome } of CHECKS) {
        if (!wanted.has(check.id) || (ofHome && asking === null)) continue
        const at = ofHome && asking !== null ? placesOf(asking.home) : places
        const context = contextOf(reader, at, signal)
        const muted = new Set<string>()
        known.push((await runChecks([check], { context, muted, report: () => {} }, signal)).repairs)
      }
      return ids.flatMap((id) => known.flatMap((repairs) => repairs.get(id)?.repair ?? []))
    },
  }
}

const unasked = (): never => {
  throw new CodedError('internal', {}, 'no check of the helper asks for this')
}

/** What a check sees that asks for nothing but files and Docker. */
export function contextOf(sys: Reader, places: Places, signal: AbortSignal): DoctorContext {
  let answer: ReturnType<Facts['docker']> | null = null
  const none = { go: unasked, goTools: unasked, npm: unasked, pip: unasked, apt: unasked, shells: unasked }
  const facts: Facts = {
    ...{ ...none, startups: unasked, overrides: unasked, trust: unasked, probes: unasked },
    docker: () => (answer ??= dockerState(sys, places, signal, DOCKER_PATIENCE)),
  }
  const context = { sys, places, facts, http: unasked, authorities: unasked, setUp: false, now: () => Date.now() }
  return { ...context, mirrors: { date: '', mirrors: [] }, witnesses: { resolvers: [] } }
}
