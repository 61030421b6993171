import type { z } from 'zod'
import type { RequestName, requests } from '../contract/requests.ts'
import type { Desk } from '../desk/desk.ts'
import { under } from '../core/paths.ts'
import { wordsOf } from '../desk/words.ts'
import type { Engine } from '../engine.ts'

const texts = (text: string | null): readonly string[] => (text === null ? [] : [text])

/** One function for each request of the contract, on parsed input. */
export type Handlers = {
  [N in RequestName]: (
    input: z.output<(typeof requests)[N]['input']>,
  ) => Promise<z.input<(typeof requests)[N]['output']>>
}

/**
 * `engine` answers when it is built: the window opens before it. `signal` ends the short requests when the
 * window goes; long work is a task and ends by its own cancel.
 */
export function createHandlers(engine: () => Promise<Engine>, desk: Desk, signal: AbortSignal): Handlers {
  const started = (taskId: string) => ({ taskId })
  // What is saved is what was looked at, not what another check-up would find.
  let reported: string | null = null
  const report = async () => {
    const made = await (await engine()).report((await desk.words()).language, signal)
    reported = made.markdown
    return made
  }
  return {
    'machine.detect': async () => (await engine()).detect(signal),
    async 'machine.why'({ name, image }) {
      const { why, whyKnown } = await engine()
      return name === null ? whyKnown(signal) : [await why(name, { image, ask: true }, signal)]
    },
    'why.remove': async ({ id }) => (await engine()).planRemoval(id),
    async 'doctor.check'(options) {
      const { startCheck, checkNames } = await engine()
      return { taskId: startCheck(options), checks: [...checkNames(options)] }
    },
    'doctor.plan': async ({ ids }) => (await engine()).planRepair(ids, signal),
    async 'doctor.mute'({ id, muted }) {
      await (await engine()).mute(id, muted)
      return true
    },
    'doctor.explain': async ({ text }) => [...(await (await engine()).explain(text))],
    'doctor.report': report,
    'doctor.saveReport': async () => desk.saveReport(reported ?? (await report()).markdown),
    'image.tags': async (options) => (await engine()).tags(options, signal),
    async 'plan.make'({ profile, project = null, opened = null }) {
      await desk.mayPlan(profile)
      const folder = project === null ? null : desk.project(project)
      const why = { by: opened === null ? 'wizard' : 'profile', name: opened } as const
      return (await engine()).makePlan(profile, signal, folder === null ? null : { folder, chosen: true }, why)
    },
    'project.choose': () => desk.chooseProject(),
    'file.choose': ({ kind }) => desk.chooseFile(kind),
    'credential.try': async (credential) => (await engine()).tryCredential(credential, signal),
    'credential.plan': async (credential) => (await engine()).planCredential(credential),
    'plan.apply': async ({ planId }) => started((await engine()).startApply(planId)),
    'image.pull': async ({ image }) => started((await engine()).startPull(image)),
    'image.verify': async ({ image }) => started((await engine()).startVerify(image)),
    'run.history': async () => (await engine()).history(),
    'run.show': async ({ runId }) => (await engine()).showRun(runId),
    'run.undo': async ({ runId, onConflict }) => started((await engine()).startUndo(runId, onConflict)),
    'app.info': () => desk.info(),
    'app.forUser': () => desk.forUser(),
    'app.preferences': () => desk.preferences(),
    'app.savePreferences': (preferences) => desk.savePreferences(preferences),
    'app.removeState': async ({ evenUndo }) => (await engine()).removeRuns(evenUndo, () => desk.forget()),
    'app.uninstall': async ({ onConflict }) =>
      started((await engine()).startUninstall(onConflict, () => desk.forget())),
    'draft.load': () => desk.loadDraft(),
    async 'draft.save'(draft) {
      await desk.saveDraft(draft)
      return true
    },
    'profile.open': ({ name, text }) => desk.openProfile(name, text),
    'profile.given': () => desk.givenProfile(),
    'profile.export': ({ profile }) => desk.exportProfile(profile),
    async 'goMod.advise'({ text }) {
      const goMod = await desk.goMod(text)
      if (goMod === null) return null
      const { go, toolchain, tag, findings } = await (await engine()).advise(goMod, signal)
      return { go, toolchain, tag: tag?.tag ?? null, findings: [...findings] }
    },
    'mirror.list': async () => [...(await (await engine()).mirrors()).mirrors],
    'mirror.refresh': async () => (await engine()).refreshMirrors(null, signal),
    'mirror.own': async () => (await engine()).ownMirrors(),
    'mirror.saveOwn': async (mirror) => (await engine()).saveOwnMirror(mirror),
    'mirror.removeOwn': async ({ id }) => (await engine()).removeOwnMirror(id),
    'mirror.probe': async ({ target, urls }) => (await engine()).probe(target, urls, signal),
    'mirror.race': async ({ targets, image, sumdb = null }) =>
      started((await engine()).startRace(targets, { image, sumdb: sumdb === 'default' ? '' : sumdb })),
    'mirror.lastRace': async () => (await engine()).lastRaces(),
    'image.size': async ({ image }) => (await engine()).imageSize(image, signal),
    async 'docker.help'() {
      const help = await (await engine()).dockerHelp(signal)
      if (help.kind === 'guide') desk.allow(help.url)
      return help
    },
    'terminal.open': async ({ image }) => (await engine()).openTerminal(image, (await desk.words()).language),
    async 'program.first'({ image }) {
      const { language } = await desk.words()
      return started((await engine()).startProgram(image, wordsOf(language).program))
    },
    async 'clipboard.write'({ text }) {
      await desk.copy(text)
      return true
    },
    'link.open': ({ url }) => desk.browse(url),
    'folder.choose': ({ kind }) => desk.chooseFolder(kind),
    'classroom.read': async ({ text }) => (await engine()).classroom.read(text),
    'classroom.show': async ({ id }) => (await engine()).classroom.show(desk.folder(id), signal),
    async 'classroom.write'({ id, seats, options, profile, kit }) {
      const { classroom, kit: kits } = await engine()
      const served = kits.serving()
      const folder = kit === null ? null : desk.folder(kit)
      // The seats reach what this machine serves, and know its authority; its folder they would need in the same place.
      const place = folder !== null && served?.folder === folder ? `${served.page}#${served.fingerprint}` : folder
      return classroom.write(desk.folder(id), { seats, options, profile, kit: place }, signal)
    },
    async 'classroom.run'({ id, action, only }) {
      const { tasks, classroom } = await engine()
      const folder = desk.folder(id)
      return started(
        tasks.run('room', ({ report: tell, signal: stop }) => classroom.run(folder, { action, only }, tell, stop)),
      )
    },
    async 'classroom.save'({ id, format }) {
      const { language } = await desk.words()
      return desk.save(
        `seats.${format}`,
        await (await engine()).classroom.export(desk.folder(id), format, language, signal),
      )
    },
    async 'classroom.guide'() {
      const { classroomFolder } = await import('../engine/assets.ts')
      return under(classroomFolder(), `guide/${(await desk.words()).language}.md`)
    },
    'kit.show': async ({ id }) => (await engine()).kit.show(desk.folder(id)),
    async 'kit.make'({ id, profile, images, goMod, npmLock }) {
      const { tasks, kit } = await engine()
      const folder = desk.folder(id)
      return started(
        tasks.run('kit', ({ report: tell, signal: stop }) =>
          kit.make(folder, { images, goMods: texts(goMod), npmLocks: texts(npmLock) }, profile, tell, stop),
        ),
      )
    },
    'kit.interfaces': async () => [...(await engine()).kit.interfaces()],
    async 'kit.serve'({ id, interface: name }) {
      const { tasks, kit } = await engine()
      const folder = desk.folder(id)
      return started(
        tasks.run('kit', ({ report: tell, signal: stop }) =>
          kit.serve(folder, { interface: name, port: null }, tell, stop),
        ),
      )
    },
    'kit.serving': async () => (await engine()).kit.serving(),
    'kit.stop': async () => (await engine()).kit.stop(),
    'task.list': async () => (await engine()).tasks.list(),
    'task.cancel': async ({ taskId }) => (await engine()).tasks.cancel(taskId),
    'task.answer': async ({ taskId, questionId, answer }) => (await engine()).tasks.answer(taskId, questionId, answer),
  }
}
