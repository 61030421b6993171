import type { TargetId } from '../contract/mirror.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import type { Catalogue } from '../docker/catalogue.ts'
import { goArch } from '../docker/pull-diagnosis.ts'
import { resolveImage } from '../docker/reference.ts'
import { dockerState } from '../docker/state.ts'
import { buildTagList } from '../docker/tag-list.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import type { RaceContext } from '../mirrors/targets/context.ts'
import { aptRaceFacts } from '../settings/apt/race-facts.ts'
import { findPrograms } from '../settings/find-program.ts'
import { detectGo, effective } from '../settings/go/detect.ts'
import type { Officials } from './officials.ts'
import type { AdapterFor, RaceOptions } from './races.ts'

type Parts = {
  sys: Reader
  places: Places
  tags: Catalogue
  catalogue(): Promise<MirrorCatalogue>
  officials: Officials
}

/**
 * What a race of each target fetches on this machine: the chosen image for its processor, the checksum database
 * that is set, the release that apt follows. Nothing of the adapters is loaded before the first race.
 * The result throws `image-bad-reference`, `apt-no-archive`.
 */
export function raceAdapters(parts: Parts): AdapterFor {
  return async (target, options, signal) => {
    const [{ adapterFor }, { DEFAULT_CONTEXT }, { artefacts }] = await Promise.all([
      import('../mirrors/targets/index.ts'),
      import('../mirrors/targets/context.ts'),
      parts.catalogue(),
    ])
    const context: RaceContext = {
      ...DEFAULT_CONTEXT,
      go: { ...DEFAULT_CONTEXT.go, ...artefacts?.go },
      npm: { ...DEFAULT_CONTEXT.npm, ...artefacts?.npm },
      pip: { ...DEFAULT_CONTEXT.pip, ...artefacts?.pip },
    }
    return adapterFor(target, { ...context, ...(await own(target, context, options, parts, signal)) })
  }
}

/** The part of the context that only this machine knows. */
async function own(
  target: TargetId,
  context: RaceContext,
  options: RaceOptions,
  parts: Parts,
  signal: AbortSignal,
): Promise<Partial<RaceContext>> {
  const { sys, places, tags, officials } = parts
  switch (target) {
    case 'go': {
      const set = options.sumdb ?? effective(await detectGo(sys, places, signal), 'GOSUMDB')
      return { go: { ...context.go, sumdb: set ?? '' } }
    }
    case 'docker': {
      const { os, arch } = await dockerState(sys, places, signal)
      // Which of its tags a registry calls the newest is not worth a request of its own.
      const image = resolveImage(options.image ?? 'newest', buildTagList(tags, null, tags.date))
      return { docker: { image, platform: { os: os ?? 'linux', arch: goArch(arch ?? nodeArch()) } } }
    }
    case 'npm':
      return { npm: { ...context.npm, defaultRegistry: (await officials.of('npm', signal))?.url ?? null } }
    case 'apt': {
      const facts = await aptRaceFacts(sys, places)
      if (facts === null) throw new CodedError('apt-no-archive')
      const [gpgv] = await findPrograms(sys, places, 'gpgv', [])
      const { gpgvSignature } = await import('../mirrors/trust/gpgv.ts')
      const signature = gpgv === undefined ? null : gpgvSignature(sys, gpgv, facts.keyrings)
      const { folder, codename, arch, components } = facts
      return { apt: { folder, codename, arch, components, signature } }
    }
    case 'pip':
      return {}
  }
}

/** Go's name of the processor that this program runs on. */
function nodeArch(): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }
  return names[process.arch] ?? process.arch
}
