import { type Adapter, type Answer, type Check, OutError } from './adapter.ts'
import { isPage, statusOut } from '../http/errors.ts'

/** A small module that every Go proxy holds; its list is a few bytes. */
const PATHS = { go: 'github.com/pkg/errors/@v/list', docker: 'v2/' } as const

/** For tests: asks for something small and looks whether it is what such a server answers; compares nothing. */
export function testAdapter(target: keyof typeof PATHS): Adapter {
  const path = PATHS[target]
  return {
    target,
    artefact: path,
    async check({ url }, http, signal): Promise<Check> {
      const address = `${url.replace(/\/+$/, '')}/${path}`
      const answer = await http.ask(address, { maxBytes: 64 * 1024 }, signal)
      const refused = target === 'go' ? notGo(answer) : notDocker(answer)
      if (refused !== null) throw refused
      return { says: {}, date: null, bulk: { url: address, headers: {}, size: null } }
    },
    judge: () => Promise.resolve({ out: new Map(), conflicts: [], safe: new Set(), fresh: new Map() }),
  }
}

function notGo(answer: Answer): OutError | null {
  const refused = statusOut(answer)
  if (refused !== null) return refused
  const lines = Buffer.from(answer.body).toString().trim().split('\n')
  const right = !isPage(answer) && lines.every((line) => /^v\d+\.\d+\.\d+\S*$/.test(line.trim()))
  return right ? null : new OutError('not-artefact', 'not a Go module proxy')
}

/** A registry that wants a token answers 401 and says where to get one. */
function notDocker(answer: Answer): OutError | null {
  const refused = statusOut(answer)
  if (refused !== null && answer.status !== 401) return refused
  const named = answer.headers['docker-distribution-api-version'] !== undefined
  const asks = /^bearer /i.test(answer.headers['www-authenticate'] ?? '')
  return named || asks ? null : new OutError('not-artefact', 'not a Docker registry')
}
