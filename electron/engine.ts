import type { Credential, CredentialTrial } from './contract/credential.ts'
import type { CheckName, CheckUp, RepairPlan } from './contract/doctor.ts'
import type { Explained } from './contract/explain.ts'
import type { TagList } from './contract/image.ts'
import type { Machine } from './contract/machine.ts'
import type { PlanView } from './contract/plan.ts'
import type { OwnMirror, RaceResult, TargetId } from './contract/mirror.ts'
import type { Finding } from './contract/note.ts'
import type { Profile } from './contract/profile.ts'
import type { ApplyResult, ConflictPolicy, RunSummary, RunView, Why } from './contract/run.ts'
import type { WhyAnswer } from './contract/why.ts'
import type { DockerHelp } from './contract/wizard.ts'
import { checkUrl } from './contract/grammar.ts'
import { CodedError } from './core/errors.ts'
import { readRuns } from './core/journal.ts'
import { LOCK_PATIENCE, withLock } from './core/lock.ts'
import type { Places } from './core/places.ts'
import { hasInterrupted, runPlan, settleInterrupted, type RunTools } from './core/run.ts'
import { newestUndoable } from './core/standing.ts'
import { conflicts } from './core/undo-parts.ts'
import { awaitDocker } from './engine/await-docker.ts'
import { type Classroom, openClassroom } from './engine/classroom.ts'
import { TRIAL_TIMEOUT, tryCredential } from './engine/credentials.ts'
import { detectMachine } from './engine/detect.ts'
import { type CheckOptions, DoctorBook } from './engine/doctor.ts'
import { dockerHelp } from './engine/docker-help.ts'
import { openElevation } from './engine/elevation.ts'
import { firstProgram, type ProgramWords } from './engine/first-program.ts'
import { openHandlers } from './engine/handlers.ts'
import { openImages } from './engine/images.ts'
import { type Kit, openKit } from './engine/kit.ts'
import { raceAdapters } from './engine/race-adapter.ts'
import { registryFetch } from './engine/registry-fetch.ts'
import { Races, type RaceOptions } from './engine/races.ts'
import { removeRuns } from './engine/remove-runs.ts'
import { history, showRun, undo, uninstall } from './engine/undo-runs.ts'
import { shellArguments } from './engine/shell-arguments.ts'
import type { RunRequest } from './engine/run-request.ts'
import { loadAssets } from './engine/assets.ts'
import { MirrorBook, type MirrorList } from './engine/mirror-book.ts'
import { Observer, type Watch, type Watched } from './engine/observer.ts'
import { openOfficials } from './engine/officials.ts'
import { preferencesFile } from './desk/preferences.ts'
import { MuteBook } from './engine/mutes.ts'
import type { Skeleton } from './engine/skeleton.ts'
import { PlanBook } from './engine/plans.ts'
import { watchClassroom, watchKit } from './engine/watched-bodies.ts'
import { WhyBook, type WhyOptions } from './engine/why.ts'
import { dockerState } from './docker/state.ts'
import { type Advice, adviseForGoMod } from './docker/go-mod.ts'
import type { Mirror } from './mirrors/catalogue.ts'
import type { SystemProxy } from './mirrors/http/proxy.ts'
import type { ProbeResult } from './mirrors/probe.ts'

import { openPlatform } from './platform/index.ts'
import { systemOn } from './platform/open-system.ts'
import { aptRaceFacts } from './settings/apt/race-facts.ts'
import { formats } from './settings/index.ts'
import { planCredential } from './settings/credential/plan.ts'
import { startDetached } from './system/exec.ts'
import { realSystem } from './system/real.ts'
import { type TaskContext, TaskRegistry } from './tasks/registry.ts'
import { openLog } from './telemetry/log-file.ts'

export type EngineOptions = {
  home: string | null
  root: string | null
  catalogue: string | null
  /** The program's own command line, without a command; a terminal is opened with it. */
  self?: readonly [string, ...string[]]
  /** What starts this program's helper with administrator rights, without what gives it the rights; none by default. */
  helper?: readonly [string, ...string[]] | null
  /** Whether somebody sits at a terminal of this process, whom sudo could ask. */
  terminal?: boolean
  /** The system's proxies, asked where the environment names none. */
  systemProxy?: SystemProxy
  /** See `RaceParts`. */
  handed?: readonly RaceResult[] | null
  /** The home is the skeleton of homes to come. */
  skeleton?: Skeleton | null
}

/**
 * GoReady without a face: what the command line and the window both use. Long work is a task.
 * Everything that throws throws a CodedError.
 */
export type Engine = {
  tasks: TaskRegistry
  places: Places
  /** `project`: the folder whose own files come before the user's. */
  detect(signal: AbortSignal, project?: Places['project']): Promise<Machine>
  /** Every layer of one variable and who wins; throws `bad-arguments` for what is no name. */
  why(name: string, options: WhyOptions, signal: AbortSignal, project?: Places['project']): Promise<WhyAnswer>
  /** The same for all names that are known to matter, told from files alone. */
  whyKnown(signal: AbortSignal, project?: Places['project']): Promise<WhyAnswer[]>
  /** The plan that takes a layer away, by the id that `why` gave out. Throws `plan-expired`. */
  planRemoval(id: string): Promise<PlanView>
  /** Looks for what is broken, side by side; only reads. The task's result is a `CheckUp`, each check a `checked` event. */
  startCheck(options: CheckOptions, project?: Places['project']): string
  /** The checks that `startCheck` runs, in their order. */
  checkNames(options: CheckOptions): readonly CheckName[]
  /** What an error text says, nearest to the root first, and which checks can find that here. Only reads the text. */
  explain(text: string): Promise<readonly Explained[]>
  /** The plan of repairs that a check-up has offered. Throws `plan-expired`, and what planning throws. */
  planRepair(ids: readonly string[], signal: AbortSignal): Promise<RepairPlan>
  /** A finding that is not to count any more, or again. */
  mute(id: string, muted: boolean): Promise<void>
  /** The redacted report of this machine: facts, findings, runs. Checks anew; only reads. */
  report(language: 'zh-CN' | 'en', signal: AbortSignal): Promise<{ markdown: string; json: string }>
  tags(options: { refresh: boolean }, signal: AbortSignal): Promise<TagList>
  /** The newest catalogue that can be trusted, and the person's own mirrors behind it. */
  mirrors(): Promise<MirrorList>
  /** What the tools of this machine ask by themselves and no catalogue holds. Starts the tools, so it takes its time. */
  officialMirrors(signal: AbortSignal): Promise<Mirror[]>
  /**
   * Fetches a newer catalogue from `url`, else from the address in the preferences, and says what came of it.
   * Throws `bad-arguments` where there is no address.
   */
  refreshMirrors(url: string | null, signal: AbortSignal): Promise<Finding>
  ownMirrors(): Promise<OwnMirror[]>
  /** Adds (`id` empty) or changes one; answers all. Throws `bad-arguments` {reason}. */
  saveOwnMirror(mirror: OwnMirror): Promise<OwnMirror[]>
  removeOwnMirror(id: string): Promise<OwnMirror[]>
  /**
   * `project`: see `Places`; its own files are changed where it was chosen. `why`: what leads to it, for the history.
   * `goFrom`: see `PlanBook`.
   */
  makePlan(
    profile: Profile,
    signal: AbortSignal,
    project?: Places['project'],
    why?: Why,
    goFrom?: Profile,
  ): Promise<PlanView>
  /** Whether a private address takes a name and a password; nothing is written. */
  tryCredential(credential: Credential, signal: AbortSignal): Promise<CredentialTrial>
  /** The plan that puts them into the tool's own store. Errors: those of `planCredential`. */
  planCredential(credential: Credential): Promise<PlanView>
  startApply(planId: string): string
  startPull(image: string): string
  startVerify(image: string): string
  /** Bytes to download of one image. */
  imageSize(image: string, signal: AbortSignal): Promise<number | null>
  /** What a go.mod asks for. */
  advise(goMod: string, signal: AbortSignal): Promise<Advice>
  /** Asks addresses that a person named whether they answer; what is no web address is not asked. */
  probe(target: TargetId, urls: readonly string[], signal: AbortSignal): Promise<ProbeResult[]>
  /** Ranks the sources of targets, one target after the other; the task's result is `RaceResult[]`. */
  startRace(targets: readonly TargetId[], options: RaceOptions): string
  /** The same for whoever hands the results on: no task, and nothing is written. */
  raceFor(targets: readonly TargetId[], options: RaceOptions, signal: AbortSignal): Promise<RaceResult[]>
  /** What is kept of the last race of each target. */
  lastRaces(): Promise<RaceResult[]>
  /** See `engine/await-docker.ts`. */
  awaitDocker(patience: number, told: () => void, signal: AbortSignal): Promise<void>
  /** How Docker comes onto this machine. */
  dockerHelp(signal: AbortSignal): Promise<DockerHelp>
  /** Makes, builds and runs a first program; the task's result is a `ProgramResult`. */
  startProgram(image: string, words: ProgramWords): string
  /** A terminal with `goready shell`; false where none can be opened. */
  openTerminal(image: string | null, language: 'zh-CN' | 'en'): Promise<boolean>
  history(): Promise<RunSummary[]>
  /** One run in full. Throws `run-not-found`, `journal-damaged`. */
  showRun(id: string): Promise<RunView>
  /** Forgets all runs, and by `more` what else is kept. See `removeRuns`. */
  removeRuns(evenUndo: boolean, more: () => Promise<void>): Promise<boolean>
  /** Files of a run that were edited since; undo would ask about them. */
  undoConflicts(runId: string | null, signal: AbortSignal): Promise<readonly string[]>
  startUndo(runId: string | null, onConflict: ConflictPolicy): string
  /** Gives everything back and forgets it; `more`: what else is kept. The task's result is an `UninstallResult`. */
  startUninstall(onConflict: ConflictPolicy, more: () => Promise<void>): string
  /** Settles runs that were cut off, if there are any, and says how their files stand. */
  settle(signal: AbortSignal): Promise<readonly Finding[]>
  /** A shell (`argv` null) or a command in the chosen image; answers its exit status. */
  runInImage(request: RunRequest, signal: AbortSignal): Promise<number>
  /** Rooms of seats; `run` is the body of a task of kind `room`. */
  classroom: Classroom
  /** Kits for machines without internet; what reports is the body of a task of kind `kit`. */
  kit: Kit
}

const watched = (kind: string, { taskId, report }: TaskContext): Watched => ({ kind, id: taskId, report })

/** Builds the program's objects for one machine (or for `--home`, `--root`). */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { skeleton = null } = options
  const platform = openPlatform({
    home: options.home ?? undefined,
    root: options.root ?? undefined,
    state: skeleton?.state,
  })
  const { places } = platform
  const sys = systemOn(places, realSystem())
  const assets = await loadAssets(options.catalogue)
  const handlers = openHandlers(platform)
  const { helper = null, terminal = false } = options
  const elevation = openElevation({ sys, places, elevator: platform.elevator, helper, terminal })
  const tools: RunTools = {
    sys,
    handlers,
    state: places.state,
    pid: process.pid,
    presence: platform.presence,
    elevation,
    formats,
  }
  const given = { catalogue: assets.mirrors, origin: assets.named ? ('file' as const) : ('built-in' as const) }
  const book = new MirrorBook({ sys, state: places.state, given, http: () => races.client(TRIAL_TIMEOUT) })
  const officials = openOfficials(sys, places)
  const witnesses = async (): Promise<readonly string[]> =>
    (await book.list()).mirrors.flatMap(({ target, status, url }) =>
      target === 'docker' && status === 'alive' ? [url] : [],
    )
  const fetch = registryFetch((timeout) => races.client(timeout))
  const images = openImages(sys, places, assets.tags, witnesses, fetch, () => races.measured('docker'))
  const system = options.systemProxy ?? null
  const races = new Races({
    sys,
    places,
    mirrors: () => book.list(),
    official: (target, signal) => officials.of(target, signal),
    archive: async () => (await aptRaceFacts(sys, places))?.folder ?? null,
    adapterFor: raceAdapters({ sys, places, tags: assets.tags, catalogue: () => book.list(), officials }),
    system,
    handed: options.handed ?? null,
  })
  const plans = new PlanBook({ sys, places, images, races, elevation, skeleton, mirrors: () => book.list() })
  const why = new WhyBook({ sys, places, plans })
  const mutes = new MuteBook(places.state, sys)
  const doctor = new DoctorBook({
    sys,
    places,
    plans,
    mutes,
    witnesses: assets.witnesses,
    mirrors: () => book.list(),
    http: (timeout) => races.client(timeout),
    systemProxy: system,
  })
  const tasks = new TaskRegistry()
  const log = openLog(places.state, sys)
  const observer = new Observer({
    sys,
    places,
    log,
    mirrors: () => book.list(),
    client: (timeout) => races.client(timeout),
  })
  const run = (kind: string, work: (context: TaskContext & Watch) => Promise<unknown>): string =>
    tasks.run(kind, (context) => observer.watch(watched(kind, context), (watch) => work({ ...context, ...watch })))
  const settle = async (signal: AbortSignal): Promise<readonly Finding[]> => {
    if (!(await hasInterrupted(tools))) return []
    // Another one that begins at the same moment settles it as well: the second finds nothing left to do.
    const waiting = { patience: LOCK_PATIENCE, signal, told: () => {} }
    return withLock(places.state, process.pid, sys, () => settleInterrupted(tools, signal), waiting)
  }
  const runInImage = (request: RunRequest, signal: AbortSignal): Promise<number> =>
    images.run(request, () => history(places, sys), signal)
  return {
    tasks,
    places,
    detect: (signal, project = null) => detectMachine({ platform, sys, mirrors: () => book.list(), project }, signal),
    why: (name, how, signal, project = null) => why.of(name, how, project, signal),
    whyKnown: (signal, project = null) => why.known(project, signal),
    planRemoval: (id) => why.plan(id),
    startCheck: (how, project = null) =>
      run('check', ({ report, signal }): Promise<CheckUp> => doctor.look(how, report, signal, project)),
    checkNames: (how) => doctor.names(how),
    async explain(text) {
      // The rules are many and seldom needed.
      const { explain } = await import('./doctor/explain/recognise.ts')
      return explain(text).map((one) => ({ ...one, checks: [...doctor.fitting(one.cause)] }))
    },
    planRepair: (ids, signal) => doctor.plan(ids, signal),
    mute: (id, muted) => mutes.set(id, muted),
    async report(language, signal) {
      const [machine, checkUp, runs, { mirrors }] = await Promise.all([
        detectMachine({ platform, sys, mirrors: () => book.list(), project: null }, signal),
        doctor.look({ only: null }, () => {}, signal),
        // A report is wanted most where something is closed.
        history(places, sys).catch(() => []),
        book.list(),
      ])
      const known = mirrors.flatMap(({ own, url }) => (own === true ? [] : [url]))
      // The sentences of both languages are large and seldom needed here.
      const [{ makeReport }, { openText }] = await Promise.all([import('./engine/report.ts'), import('./cli/text.ts')])
      return makeReport({ machine, checkUp, runs, home: places.home, known }, await openText(language))
    },
    tags: ({ refresh }, signal) => images.tags(refresh, signal),
    mirrors: () => book.list(),
    officialMirrors: async (signal) => officials.missing((await book.list()).mirrors, signal),
    async refreshMirrors(url, signal) {
      const address = url ?? (await preferencesFile(places.state, sys).read())?.catalogueUrl ?? null
      if (address === null) throw new CodedError('bad-arguments', { reason: 'catalogue:reason.noAddress' })
      const reason = checkUrl(address)
      if (reason !== null) throw new CodedError('bad-arguments', { reason: `grammar:${reason}` })
      return book.refresh(address, signal)
    },
    ownMirrors: () => book.own(),
    saveOwnMirror: (mirror) => book.save(mirror),
    removeOwnMirror: (id) => book.remove(id),
    makePlan: (profile, signal, project, why, goFrom) => plans.make(profile, signal, project, why, goFrom),
    async tryCredential(credential, signal) {
      return tryCredential(credential, await races.client(TRIAL_TIMEOUT), signal)
    },
    async planCredential(credential) {
      const edits = await planCredential(credential, places, sys)
      const values = { host: new URL(credential.url).host, path: edits[0]?.target.path ?? '' }
      const notes = edits.length === 0 ? [] : [{ key: 'setting:credential.written', values }]
      return plans.makeFrom(edits, notes, { by: 'credential', name: values.host })
    },
    startApply: (planId) =>
      tasks.run('apply', (context) =>
        observer.watch(
          watched('apply', context),
          async ({ report, timed, named, planned: told }): Promise<ApplyResult> => {
            // What the plan was settled by; a plan alone writes nothing.
            await races.keep(true)
            const plan = plans.take(planId)
            if (plan.planned !== null) told(plan.planned)
            const handlers = openHandlers(platform, plan.planned?.policy)
            return runPlan(plan, { ...tools, handlers, timed, named }, report, context.signal)
          },
          (result, finding) => ({ ...result, findings: [...result.findings, finding] }),
        ),
      ),
    startPull: (image) => run('pull', ({ report, signal }) => images.pull(image, signal, report)),
    startVerify: (image) => run('verify', ({ signal }) => images.verify(image, signal)),
    imageSize: (image, signal) => images.size(image, signal),
    advise: async (goMod, signal) => adviseForGoMod(goMod, await images.tags(false, signal)),
    probe: (target, urls, signal) => races.probe(target, urls, signal),
    startRace: (targets, how) => run('race', ({ report, signal }) => races.run(targets, how, report, signal)),
    raceFor: (targets, how, signal) => races.run(targets, { ...how, keep: false }, () => {}, signal),
    lastRaces: () => races.last(),
    awaitDocker: (patience, told, signal) => awaitDocker((at) => dockerState(sys, places, at), patience, told, signal),
    dockerHelp: (signal) => dockerHelp(platform, sys, plans, elevation, signal),
    startProgram: (image, words) =>
      run('program', ({ report, signal }) =>
        firstProgram(image, words, { sys, places, runInImage, tags: (at) => images.tags(false, at) }, report, signal),
      ),
    async openTerminal(image, language) {
      if (options.self === undefined) return false
      const argv = [...options.self, ...shellArguments(image, language, options)] as const
      return platform.openTerminal(sys, argv, startDetached)
    },
    history: () => history(places, sys),
    showRun: (id) => showRun(id, places, sys),
    removeRuns: (evenUndo, more) =>
      removeRuns(
        tools,
        evenUndo,
        tasks.list().some(({ state }) => state === 'running'),
        async () => {
          await book.forget()
          await races.forget()
          await mutes.forget()
          await log.forget()
          await more()
        },
      ),
    async undoConflicts(runId) {
      const { runs } = await readRuns(places.state, sys)
      const run = newestUndoable(runs, runId)
      return run === null ? [] : conflicts(run, runs, formats, sys)
    },
    startUndo: (runId, onConflict) =>
      run('undo', ({ report, signal, ask, timed, named }) =>
        undo(runId, onConflict, {
          tools: { ...tools, timed, named },
          report,
          signal,
          ask: (question) => ask(question),
        }),
      ),
    startUninstall: (onConflict, more) =>
      run('uninstall', ({ report, signal, ask }) =>
        uninstall(onConflict, places, { tools, report, signal, ask: (question) => ask(question) }, async () => {
          await book.forget()
          await races.forget()
          await mutes.forget()
          await log.forget()
          await more()
        }),
      ),
    settle,
    runInImage,
    classroom: watchClassroom(openClassroom({ sys, places }), observer, sys),
    kit: watchKit(
      openKit({
        ...{ sys, places, images, tags: assets.tags },
        mirrors: () => book.list(),
        http: (timeout) => races.client(timeout),
      }),
      observer,
    ),
  }
}
