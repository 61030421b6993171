import { DEFAULT_CONTEXT } from '../../mirrors/targets/context.ts'
import { textOf } from '../../mirrors/targets/answers.ts'
import { SIMPLE_ACCEPT } from '../../mirrors/targets/simple-index.ts'
import type { MirrorCatalogue } from '../../mirrors/catalogue.ts'
import { isPage } from '../../mirrors/http/errors.ts'
import type { Answer } from '../../mirrors/race/adapter.ts'
import type { Endpoint } from './probe.ts'

/** What a tool would ask of an address. `more`: what tells, where the first is not held, whether it is such a server. */
export type Wanted = {
  path: string
  headers: Readonly<Record<string, string>>
  more: readonly string[]
  /** What an answer with a good status is. */
  judge(answer: Answer): 'good' | 'page' | 'wrong'
  /** Whether an answer that it is not there is what such a server says of what it does not hold. */
  denies(answer: Answer): boolean
}

/** null: only that it answers can be told. */
export function wantedOf(endpoint: Endpoint, { artefacts }: Pick<MirrorCatalogue, 'artefacts'>): Wanted | null {
  const { target, role } = endpoint
  if (role === 'scope' || role === 'private') return null
  if (role === 'checksums') return plain('latest', (answer) => textOf(answer).startsWith('go.sum database tree'))
  switch (target) {
    case 'go': {
      const { proof, bulk } = { ...DEFAULT_CONTEXT.go, ...artefacts?.go }
      return {
        ...plain(`${escaped(proof.path)}/@v/list`, isVersionList),
        more: [`${escaped(bulk.path)}/@v/list`],
        // The protocol wants plain text; a web server's own page is no module proxy's.
        denies: (answer) => !isPage(answer),
      }
    }
    case 'npm': {
      const { proof } = { ...DEFAULT_CONTEXT.npm, ...artefacts?.npm }
      const accept = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8'
      return {
        ...plain(proof, (answer) => /"(versions|dist-tags)"\s*:/.test(textOf(answer))),
        headers: { accept },
        denies: (answer) => /^\s*\{/.test(textOf(answer)),
      }
    }
    case 'pip': {
      const { proof } = { ...DEFAULT_CONTEXT.pip, ...artefacts?.pip }
      return { ...plain(`${proof}/`, isIndex), headers: { accept: SIMPLE_ACCEPT }, more: ['pip/', ''] }
    }
    case 'docker':
      return plain('v2/', (answer) => 'docker-distribution-api-version' in answer.headers || !isPage(answer))
    case 'apt': {
      const suite = endpoint.suite ?? 'stable'
      const folder = suite.endsWith('/') ? suite : `dists/${suite}/`
      const isRelease = (answer: Answer): boolean =>
        /^(-----BEGIN PGP SIGNED|(Origin|Label|Suite|Codename|Date): )/m.test(textOf(answer))
      return { ...plain(`${folder}InRelease`, isRelease), more: [`${folder}Release`] }
    }
  }
}

const plain = (path: string, isGood: (answer: Answer) => boolean): Wanted => ({
  path,
  headers: {},
  more: [],
  judge: (answer) => (isGood(answer) ? 'good' : isPage(answer) ? 'page' : 'wrong'),
  denies: () => false,
})

/** Versions, one a line; none is a list as well. */
const isVersionList = (answer: Answer): boolean =>
  textOf(answer)
    .split(/\s+/)
    .every((word) => word === '' || /^v\d/.test(word))

/** An index of Python packages: a page of links, or JSON. A page with a form or a script is somebody else's. */
function isIndex(answer: Answer): boolean {
  const text = textOf(answer)
  if (/^\s*\{/.test(text)) return /"(files|projects|meta)"\s*:/.test(text)
  return isPage(answer) ? !/<(form|script|iframe|input)\b/i.test(text) : /<a\s[^<>]*href/i.test(text)
}

/** An upper-case letter is written as `!` and its lower case (golang.org/x/mod module `EscapePath`). */
const escaped = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)
