import { contextEndpoint, currentContext } from '../../../docker/context-store.ts'
import { socketExists, socketPath } from '../../../docker/endpoint.ts'
import { openEngine } from '../../../docker/engine.ts'
import { CodedError } from '../../../core/errors.ts'
import { under } from '../../../core/paths.ts'
import type { Edit } from '../../../contract/plan.ts'
import { type DoctorCheck, type DoctorContext, type Found, nothingFound } from '../../check.ts'
import { perLook } from './memo.ts'

/** Milliseconds for an engine that nobody chose to answer. */
const SIDE_QUESTION = 1500

/** Whether docker is sent to where no engine is although one is here. */
export const dockerContextCheck: DoctorCheck = {
  id: 'docker.context',
  category: 'docker',
  deadline: 5000,
  codes: ['docker.wrong-context', 'docker.context-missing'],
  explains: ['docker-context', 'docker-not-running'],
  async check(context, signal) {
    const found = await wrongContext(context, signal)
    return found === null ? nothingFound : { found: [found] }
  },
}

/**
 * A DOCKER_HOST or a context that leads nowhere while an engine of this machine answers, or a context that does not
 * exist; null: nothing of the kind. With another root neither counts.
 */
export const wrongContext = perLook(async (context, signal): Promise<Found | null> => {
  const { places, facts, sys } = context
  if (places.otherRoot) return null
  const { state, endpoint, cause } = await facts.docker()
  if (state === 'running' || state === 'no-permission') return null
  const evidence = cause === null ? [] : [cause]
  const host = places.environment['DOCKER_HOST']?.trim() ?? ''
  if (host !== '') {
    const works = await answering(context, host, signal)
    if (works === null) return null
    return {
      code: 'docker.wrong-context',
      severity: 'error',
      subject: 'DOCKER_HOST',
      values: { address: host, works },
      evidence,
    }
  }
  const variable = places.environment['DOCKER_CONTEXT'] ?? ''
  const name = variable === '' ? await currentContext(sys, places.docker.configDir).catch(() => null) : variable
  if (name === null || name === 'default') return null
  const setting = variable === '' ? under(places.docker.configDir, 'config.json') : 'DOCKER_CONTEXT'
  const missing = await isMissing(context, name)
  const repairs = variable === '' ? [toDefault(context, name, missing)] : []
  if (missing)
    return { code: 'docker.context-missing', severity: 'error', subject: name, values: { setting }, evidence, repairs }
  const works = await answering(context, endpoint, signal)
  if (works === null) return null
  const values = { address: endpoint, works }
  return { code: 'docker.wrong-context', severity: 'error', subject: name, values, evidence, repairs }
})

async function isMissing({ sys, places }: DoctorContext, name: string): Promise<boolean> {
  try {
    await contextEndpoint(sys, places.docker.configDir, name)
    return false
  } catch (error) {
    // A file that does not parse is another matter.
    return error instanceof CodedError && error.code === 'docker-unreachable'
  }
}

/** The first engine of this machine that answers, other than the one that was chosen; null: none. */
async function answering({ sys, places }: DoctorContext, chosen: string, signal: AbortSignal): Promise<string | null> {
  const others = places.docker.sockets.filter(({ address }) => socketPath(address) !== socketPath(chosen))
  const answers = await Promise.all(
    others.map(async ({ address, flavour }) => {
      try {
        if (!(await socketExists(sys, address))) return null
        const endpoint = { address, source: 'default' as const, context: null, flavour, tls: null }
        await openEngine(endpoint, { signal, timeout: SIDE_QUESTION })
        return address
      } catch {
        signal.throwIfAborted()
        return null
      }
    }),
  )
  return answers.find((address) => address !== null) ?? null
}

/** What `docker context use default` writes: the key is gone. */
function toDefault({ places }: DoctorContext, name: string, missing: boolean) {
  const path = under(places.docker.configDir, 'config.json')
  const edit: Edit = {
    target: { kind: 'file', path, format: 'daemon-json', mode: 0o600, notify: [] },
    owner: 'docker',
    key: 'currentContext',
    before: name,
    after: null,
  }
  const note = { key: 'doctor-docker:repair.default-context', values: { path, name } }
  // One whose engine only sleeps may be wanted again tomorrow.
  return { kind: 'edits' as const, edits: [edit], note, safe: missing }
}
