import type { ImageFacts, TagList, Verification } from '../contract/image.ts'
import type { DockerState } from '../contract/machine.ts'
import type { Finding, Note } from '../contract/note.ts'
import type { Change } from '../contract/plan.ts'
import type { RunSummary } from '../contract/run.ts'
import type { TaskReport } from '../contract/task.ts'
import { splitGoProxy } from '../contract/grammar.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { type Measured, moduleLimit, NO_POLICY, type Policy, UNMEASURED, waitFor } from '../core/patience.ts'
import { redact } from '../core/redact.ts'
import type { ImageTools } from '../core/run.ts'
import type { Proposal } from '../core/setting.ts'
import type { System } from '../core/system.ts'
import type { Catalogue } from '../docker/catalogue.ts'
import { registryAuth } from '../docker/auth.ts'
import { type DirectPull, pullDirect } from '../docker/direct.ts'
import { findEndpoint } from '../docker/endpoint.ts'
import { moduleIn } from '../docker/file-proxy.ts'
import { type Engine as DockerEngine, openEngine } from '../docker/engine.ts'
import { inspectImage } from '../docker/inspect.ts'
import { isLoopback, loopbackFindings } from '../docker/loopback.ts'
import { pullImage } from '../docker/pull.ts'
import { directReceipt, engineReceipt } from '../docker/receipt.ts'
import { golangTag, readImage, resolveImage } from '../docker/reference.ts'
import { removeImage } from '../docker/remove.ts'
import { dockerState } from '../docker/state.ts'
import type { RegistryFetch } from '../docker/registry.ts'
import { listTags, tagSize } from '../docker/tags.ts'
import { withTries } from '../docker/tries.ts'
import { verifyGo, verifyModule } from '../docker/verify.ts'
import { forContainer } from './container-trust.ts'
import { goEnvironment, plannedGoEnvironment } from './go-env.ts'
import { runRequest, type RunRequest } from './run-request.ts'

type Report = (event: TaskReport) => void
type Prepared = { change: Extract<Change, { kind: 'image' }>; tools: ImageTools; notes: readonly Note[] }

/** `registries`: where the image is to be pulled from by its own name there; none: through the engine's own mirrors. */
export type PrepareOptions = {
  policy: Policy
  registries: readonly string[]
  /** What will be set for those who use the image, where the plan itself does not set it. */
  goFrom?: readonly Proposal[]
}

/** Everything about images, bound to one machine. */
export type Images = {
  tags(refresh: boolean, signal: AbortSignal): Promise<TagList>
  /** Resolves the image of a profile and looks whether it is there. A Docker that does not run is a finding, later an error. */
  prepare(image: string, options: PrepareOptions, signal: AbortSignal): Promise<Prepared>
  findings(proposals: readonly Proposal[], withImage: boolean, signal: AbortSignal): Promise<readonly Finding[]>
  pull(image: string, signal: AbortSignal, report: Report): Promise<ImageFacts>
  verify(image: string, signal: AbortSignal): Promise<Verification>
  /** Bytes to download, asked live, else from the catalogue; null where nobody knows. */
  size(image: string, signal: AbortSignal): Promise<number | null>
  run(request: RunRequest, history: () => Promise<RunSummary[]>, signal: AbortSignal): Promise<number>
}

/**
 * `witnesses`: other sources that may be asked what a tag is, best first. `fetch`: how registries are asked.
 * `measured`: what is known of the way to them.
 */
export function openImages(
  sys: System,
  places: Places,
  catalogue: Catalogue,
  witnesses: () => Promise<readonly string[]> = () => Promise.resolve([]),
  fetch?: RegistryFetch,
  measured: () => Promise<Measured> = () => Promise.resolve(UNMEASURED),
): Images {
  const way = fetch === undefined ? {} : { fetch }
  const state = (signal: AbortSignal): Promise<DockerState> => dockerState(sys, places, signal)
  const open = async (signal: AbortSignal): Promise<DockerEngine> =>
    openEngine(await findEndpoint(sys, places), { signal })

  const authFor = (signal: AbortSignal) => (host: string) => registryAuth(host, sys, places, signal)

  /** A mirror that the engine asks first is asked for tags first; the Hub is next, the catalogue last. */
  const tags = async (refresh: boolean, signal: AbortSignal, policy = NO_POLICY): Promise<TagList> => {
    const [mirror] = (await state(signal)).mirrors
    const options = { catalogue, refresh, signal, ...way, timeout: waitFor('registry', policy, await measured()) }
    const first = mirror === undefined ? null : await listTags({ ...options, registryUrl: mirror })
    return first?.from === 'registry' ? first : listTags(options)
  }
  const resolve = async (image: string, signal: AbortSignal, policy = NO_POLICY): Promise<string> =>
    image.startsWith('newest') ? resolveImage(image, await tags(false, signal, policy)) : resolveImage(image, EMPTY)

  /** Asked live, for the one tag that was chosen: a manifest request counts against the Hub's quota. Else the catalogue. */
  const downloadSize = async (
    reference: string,
    docker: DockerState,
    signal: AbortSignal,
    policy = NO_POLICY,
  ): Promise<number | null> => {
    const [url] = docker.mirrors
    try {
      const where = url === undefined ? {} : { url }
      const live = await tagSize(reference, { ...where, ...way, signal, timeout: waitFor('size', policy) })
      if (live !== null) return live
    } catch {
      signal.throwIfAborted()
    }
    return catalogue.tags.find((entry) => entry.tag === golangTag(reference))?.size ?? null
  }

  const pull = async (reference: string, policy: Policy, signal: AbortSignal, report: Report): Promise<ImageFacts> => {
    const engine = await open(signal)
    const how = { signal, report, patience: { policy, measured: await measured() } }
    return withTries(() => pullImage(engine, reference, { ...how, auth: authFor(signal) }), how)
  }
  const module = async (reference: string, signal: AbortSignal, policy: Policy, goFrom?: readonly Proposal[]) => {
    const goEnv =
      goFrom === undefined
        ? await goEnvironment(sys, places, signal)
        : await plannedGoEnvironment(sys, places, goFrom, signal)
    const own = await forContainer(sys, places, goEnv)
    const checked = await verifyModule(await open(signal), reference, {
      ...(await moduleIn(sys, goEnv.GOPROXY ?? '')),
      mounts: own.mounts,
      goEnv: { ...goEnv, ...own.env },
      signal,
      environment: places.environment,
      timeout: moduleLimit(policy),
    })
    const findings = loopbackFindings(goEnv, await state(signal))
    // A proxy on this machine serves its Go well; that a container can't reach it is worth a word, not a failure.
    if (!checked.ok && !onlyLoopback(goEnv.GOPROXY ?? ''))
      throw new CodedError('module-download-failed', { proxy: checked.proxy || 'GOPROXY' }, checked.cause ?? '')
    const served = checked.served === null ? null : redact(checked.served)
    return { module: { ...checked, proxy: redact(checked.proxy), served }, findings }
  }

  return {
    tags,
    async prepare(image, { policy, registries, goFrom }, signal) {
      const reference = await resolve(image, signal, policy)
      const now = await state(signal)
      const name = readImage(reference)
      // What is named by its digest is checked by the engine already, and another registry's image is not on mirrors.
      const mirrors = name.registry === 'docker.io' && name.tag !== '' && name.digest === null ? registries : []
      let served: DirectPull | null = null
      const facts = now.state === 'running' ? await inspectImage(await open(signal), reference, signal) : null
      const tools: ImageTools = {
        reference,
        ready: async (at) => requireRunning(await state(at)),
        async pull(at, report) {
          if (mirrors.length === 0) return pull(reference, policy, at, report)
          const patience = { policy, measured: await measured() }
          const options = { signal: at, report, mirrors, witnesses: await witnesses(), auth: authFor(at), patience }
          served = await pullDirect(await open(at), reference, options)
          return served.facts
        },
        async facts(at) {
          const found = await inspectImage(await open(at), reference, at)
          if (!found) throw new CodedError('image-not-found', { image: reference })
          return { ...found, pulled: false, bytes: 0, ms: 0 }
        },
        verify: async (at) => verifyGo(await open(at), reference, { signal: at }),
        verifyModule: (at) => module(reference, at, policy, goFrom),
        remove: async () => removeImage(await open(AbortSignal.timeout(REMOVE_TIMEOUT)), reference),
        async receipt(facts, at) {
          const own = (await state(at)).mirrors
          return served === null ? engineReceipt(facts, own, at, await witnesses(), policy) : directReceipt(served, own)
        },
      }
      const notes: Note[] = image === reference ? [] : [{ key: 'plan:image', values: { image, reference } }]
      const size = facts === null ? await downloadSize(reference, now, signal, policy) : null
      return { change: { kind: 'image', name: reference, before: facts !== null, after: true, size }, tools, notes }
    },
    async findings(proposals, withImage, signal) {
      const docker = await state(signal)
      const found: Finding[] = []
      if (withImage && docker.state !== 'running')
        found.push({
          id: 'docker.state',
          severity: 'error',
          note: { key: `error:docker-${docker.state}.what`, values: { address: docker.endpoint } },
        })
      if (withImage) found.push(...loopbackFindings(await plannedGoEnvironment(sys, places, proposals, signal), docker))
      return found
    },
    pull: async (image, signal, report) => {
      requireRunning(await state(signal))
      return pull(await resolve(image, signal), { ...NO_POLICY, retries: 0 }, signal, report)
    },
    async verify(image, signal) {
      requireRunning(await state(signal))
      const reference = await resolve(image, signal)
      const engine = await open(signal)
      if (!(await inspectImage(engine, reference, signal)))
        throw new CodedError('image-not-found', { image: reference })
      return verifyGo(engine, reference, { signal })
    },
    size: async (image, signal) => downloadSize(await resolve(image, signal), await state(signal), signal),
    async run(request, history, signal) {
      requireRunning(await state(signal))
      const chosen =
        request.image ?? (await history()).find((run) => run.status === 'applied' && run.image !== null)?.image
      if (!chosen) throw new CodedError('no-image')
      const reference = await resolve(chosen, signal)
      return runRequest(
        await open(signal),
        reference,
        request,
        await goEnvironment(sys, places, signal),
        { sys, places },
        signal,
      )
    },
  }
}

/** Milliseconds. */
const REMOVE_TIMEOUT = 60_000
const EMPTY: TagList = { from: 'catalogue', source: '', catalogueDate: '', tags: [] }

/** Throws the error that belongs to an engine that can't be used. */
export function requireRunning(docker: DockerState): void {
  if (docker.state !== 'running')
    throw new CodedError(`docker-${docker.state}`, { address: docker.endpoint }, docker.cause ?? undefined)
}

function onlyLoopback(goproxy: string): boolean {
  const addresses = splitGoProxy(goproxy).filter(({ value }) => value !== 'direct' && value !== 'off')
  return addresses.length > 0 && addresses.every(({ value }) => isLoopback(value))
}
