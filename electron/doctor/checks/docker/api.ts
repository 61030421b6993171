import { lowerVersion } from '../../../docker/engine.ts'
import { type DoctorCheck, nothingFound } from '../../check.ts'
import { lookAtEngine } from './engine-look.ts'

/** Engine 19.03 of 2019: what is older has no BuildKit that golang's own build files count on. */
const LEAST = '1.40'

/** Whether the docker client and this engine speak one version of the API. */
export const dockerApiCheck: DoctorCheck = {
  id: 'docker.api',
  category: 'docker',
  deadline: 5000,
  codes: ['docker.api-too-old', 'docker.api-forced'],
  explains: ['docker-api'],
  async check(context, signal) {
    const look = await lookAtEngine(context, signal)
    if (look === null || look.api === null) return nothingFound
    const { api, leastApi } = look
    const { version, endpoint, flavour } = await context.facts.docker()
    const forced = context.places.environment['DOCKER_API_VERSION'] ?? ''
    if (/^\d+\.\d+$/.test(forced) && !within(forced, leastApi ?? '1.12', api)) {
      const values = { forced, api, least: leastApi ?? '1.12' }
      return { found: [{ code: 'docker.api-forced', severity: 'error', subject: 'DOCKER_API_VERSION', values }] }
    }
    if (flavour === 'podman' || within(LEAST, '1.0', api)) return nothingFound
    const values = { version: version ?? '?', api }
    return { found: [{ code: 'docker.api-too-old', severity: 'warning', subject: endpoint, values }] }
  },
}

const within = (version: string, least: string, most: string): boolean =>
  lowerVersion(least, version) === least && lowerVersion(version, most) === version
