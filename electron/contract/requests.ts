import { z } from 'zod'
import { credentialSchema, credentialTrialSchema } from './credential.ts'
import { checkNameSchema, MAX_FINDING_ID, repairPlanSchema } from './doctor.ts'
import { explainedSchema } from './explain.ts'
import {
  classroomActionSchema,
  classroomOptionsSchema,
  classroomSchema,
  seatListSchema,
  seatSchema,
} from './classroom.ts'
import { kitInterfaceSchema, kitServerSchema, kitViewSchema } from './kit.ts'
import { imageSchema, profileSchema, sumdbSchema } from './profile.ts'
import { tagListSchema } from './image.ts'
import { machineSchema } from './machine.ts'
import { mirrorViewSchema, ownMirrorSchema, raceResultSchema, targetSchema } from './mirror.ts'
import { appErrorSchema, findingSchema } from './note.ts'
import { planViewSchema } from './plan.ts'
import { conflictPolicySchema, runSummarySchema, runViewSchema } from './run.ts'
import { taskViewSchema } from './task.ts'
import { whyNameSchema, whySchema } from './why.ts'
import {
  adviceSchema,
  appInfoSchema,
  dockerHelpSchema,
  draftSchema,
  openedProfileSchema,
  preferencesSchema,
  probeResultSchema,
} from './wizard.ts'

/** Longest text that may be dropped or pasted, in UTF-16 units. */
const MAX_TEXT = 200_000
/** Repairs in one plan: of a cache each damaged module has one. */
const MAX_REPAIRS = 2000

const nothing = z.undefined()
const taskId = z.object({ taskId: z.string().max(64) })

/**
 * Every request that the window may make: what it sends, what it gets.
 * The window names no path to write and sends no file contents: a plan is made from a profile
 * and applied by its id. Long work answers with a task's id at once.
 */
export const requests = {
  'machine.detect': { input: nothing, output: machineSchema },
  /**
   * Why variables have the values that they have. `name` null: all that are known to matter, told from files; one
   * name: also asked of new shells of this user. `image`: what is set inside of it.
   */
  'machine.why': {
    input: z.object({ name: whyNameSchema.nullable(), image: imageSchema.nullable() }),
    output: z.array(whySchema),
  },
  /** The plan that takes away (or repairs) what `machine.why` gave an id for; applied by `plan.apply`. */
  'why.remove': { input: z.object({ id: z.string().max(64) }), output: planViewSchema },
  /**
   * Looks for what is broken; `only`: ids of checks or categories, null: all. Answers which checks run, in their
   * order; each comes as a `checked` event when it has ended, the task's result is `checkUpSchema`.
   */
  'doctor.check': {
    input: z.object({ only: z.array(z.string().max(64)).max(64).nullable() }),
    output: taskId.extend({ checks: z.array(checkNameSchema) }),
  },
  /** The plan of repairs that a check-up has offered; applied by `plan.apply`. */
  'doctor.plan': {
    input: z.object({ ids: z.array(z.string().max(200)).min(1).max(MAX_REPAIRS) }),
    output: repairPlanSchema,
  },
  /** A finding that is not to count any more, or again. */
  'doctor.mute': {
    input: z.object({ id: z.string().max(MAX_FINDING_ID), muted: z.boolean() }),
    output: z.boolean(),
  },
  /** What an error text that was pasted or dropped says; nearest to the root first. */
  'doctor.explain': { input: z.object({ text: z.string().max(MAX_TEXT) }), output: z.array(explainedSchema) },
  /** The redacted report of this machine, for a teacher or an issue. */
  'doctor.report': { input: nothing, output: z.object({ markdown: z.string(), json: z.string() }) },
  /** By main's own dialog: the report that was shown last, else one of this moment. Answers where it was written, or null. */
  'doctor.saveReport': { input: nothing, output: z.string().nullable() },
  'image.tags': { input: z.object({ refresh: z.boolean() }), output: tagListSchema },
  /**
   * `project`: the id of a folder from `project.choose`, whose own files change instead of the user's. `opened`: the
   * name of the profile that the choices came from.
   */
  'plan.make': {
    input: z.object({
      profile: profileSchema,
      project: z.string().max(64).nullable().optional(),
      opened: z.string().max(255).nullable().optional(),
    }),
    output: planViewSchema,
  },
  /** By main's own dialog. `folder` is for the eyes; the window names it by `id`. null: the dialog was closed. */
  'project.choose': { input: nothing, output: z.object({ id: z.string(), folder: z.string() }).nullable() },
  /** A file that a profile may name, by main's own dialog: its absolute path. Only the plan reads it. null: closed. */
  'file.choose': { input: z.object({ kind: z.enum(['certificate', 'key']) }), output: z.string().nullable() },
  /** A name and a password at a private address: tried, nothing written. */
  'credential.try': { input: credentialSchema, output: credentialTrialSchema },
  /** The plan that puts them into the tool's own store; shown without the secret, applied by `plan.apply`. */
  'credential.plan': { input: credentialSchema, output: planViewSchema },
  'plan.apply': { input: z.object({ planId: z.string().max(64) }), output: taskId },
  'image.pull': { input: z.object({ image: imageSchema }), output: taskId },
  'image.verify': { input: z.object({ image: imageSchema }), output: taskId },
  'run.history': { input: nothing, output: z.array(runSummarySchema) },
  /** One run in full: its diffs, how its files stand now, whether it can be undone. */
  'run.show': { input: z.object({ runId: z.string().max(64) }), output: runViewSchema },
  'run.undo': {
    input: z.object({ runId: z.string().max(64).nullable(), onConflict: conflictPolicySchema }),
    output: taskId,
  },
  'app.info': { input: nothing, output: appInfoSchema },
  /** Opens the window anew for the account behind sudo; false: there is none. */
  'app.forUser': { input: nothing, output: z.boolean() },
  'app.preferences': { input: nothing, output: preferencesSchema },
  'app.savePreferences': { input: preferencesSchema, output: preferencesSchema },
  /** Removes the records of runs, the draft and the preferences; refused while a run stands that undo could give back, unless `evenUndo`. */
  'app.removeState': { input: z.object({ evenUndo: z.boolean() }), output: z.boolean() },
  /** Gives all runs back, newest first, and removes what the program keeps; the task's result is `uninstallResultSchema`. */
  'app.uninstall': { input: z.object({ onConflict: conflictPolicySchema }), output: taskId },
  'draft.load': { input: nothing, output: draftSchema.nullable() },
  'draft.save': { input: draftSchema, output: z.boolean() },
  /** By main's own dialog (`text` null) or with what was dropped. null: the dialog was closed. */
  'profile.open': {
    input: z.object({ name: z.string().max(255), text: z.string().max(MAX_TEXT).nullable() }),
    output: openedProfileSchema.nullable(),
  },
  /** The profile that `--profile` named, once. */
  'profile.given': { input: nothing, output: openedProfileSchema.nullable() },
  /** By main's own dialog. Answers where it was written, or null. */
  'profile.export': { input: z.object({ profile: profileSchema }), output: z.string().nullable() },
  'goMod.advise': { input: z.object({ text: z.string().max(MAX_TEXT).nullable() }), output: adviceSchema.nullable() },
  'mirror.list': { input: nothing, output: z.array(mirrorViewSchema) },
  /** Renews the catalogue from the address in the preferences; the finding says what came of it. */
  'mirror.refresh': { input: nothing, output: findingSchema },
  'mirror.own': { input: nothing, output: z.array(ownMirrorSchema) },
  /** Adds one (`id` empty) or changes one; answers all. */
  'mirror.saveOwn': { input: ownMirrorSchema, output: z.array(ownMirrorSchema) },
  'mirror.removeOwn': { input: z.object({ id: z.string().max(64) }), output: z.array(ownMirrorSchema) },
  'mirror.probe': {
    input: z.object({ target: targetSchema, urls: z.array(z.string().max(2048)).max(32) }),
    output: z.array(probeResultSchema),
  },
  /**
   * Ranks the sources of some targets; the task's result is a list of `raceResultSchema`. `image`: whose layers
   * Docker's are read; `sumdb`: the checksum database that is going to count, where the profile names one.
   */
  'mirror.race': {
    input: z.object({
      targets: z.array(targetSchema).min(1).max(5),
      image: imageSchema.nullable(),
      sumdb: sumdbSchema.nullable().optional(),
    }),
    output: taskId,
  },
  /** What is kept of the last race of each target. */
  'mirror.lastRace': { input: nothing, output: z.array(raceResultSchema) },
  'image.size': { input: z.object({ image: imageSchema }), output: z.number().nullable() },
  'docker.help': { input: nothing, output: dockerHelpSchema },
  /** A terminal with `goready shell` in it. */
  'terminal.open': { input: z.object({ image: imageSchema.nullable() }), output: z.boolean() },
  /** Makes, builds and runs a first program in the chosen image; the task's result is `programResultSchema`. */
  'program.first': { input: z.object({ image: imageSchema }), output: taskId },
  'clipboard.write': { input: z.object({ text: z.string().max(MAX_TEXT) }), output: z.boolean() },
  /** An address of the guided download; only those that main offered itself are opened. */
  'link.open': { input: z.object({ url: z.string().max(2048) }), output: z.boolean() },
  /** A folder by main's own dialog: a room's, or a kit's. From then on `id` stands for it. null: closed. */
  'folder.choose': {
    input: z.object({ kind: z.enum(['classroom', 'kit']) }),
    output: z.object({ id: z.string(), folder: z.string() }).nullable(),
  },
  /** Reads a list of seats that was typed, pasted or dropped; writes nothing. */
  'classroom.read': { input: z.object({ text: z.string().max(MAX_TEXT) }), output: seatListSchema },
  /** A room as it lies in its folder; an empty folder is an empty room. */
  'classroom.show': { input: z.object({ id: z.string().max(64) }), output: classroomSchema },
  /** Writes seats, options, inventory and playbook into the room's folder. `profile`: what the wizard holds at present, or null to leave the room's own. */
  'classroom.write': {
    input: z.object({
      id: z.string().max(64),
      seats: z.array(seatSchema).max(500),
      options: classroomOptionsSchema,
      profile: profileSchema.nullable(),
      /** A kit's folder that was chosen; null: as it is. */
      kit: z.string().max(64).nullable(),
    }),
    output: classroomSchema,
  },
  /** Runs the room's playbook; `only`: names of seats. `seats` events tell of each seat; the result is `classroomResultSchema`. */
  'classroom.run': {
    input: z.object({
      id: z.string().max(64),
      action: classroomActionSchema,
      only: z.array(z.string().max(63)).max(500).nullable(),
    }),
    output: taskId,
  },
  /** Writes the seats' reports where main's own dialog says. Answers the path; null: closed. */
  'classroom.save': {
    input: z.object({ id: z.string().max(64), format: z.enum(['csv', 'json', 'html']) }),
    output: z.string().nullable(),
  },
  /** Where the teacher's guide lies, in the window's language. */
  'classroom.guide': { input: nothing, output: z.string() },
  'kit.show': { input: z.object({ id: z.string().max(64) }), output: kitViewSchema },
  /** Makes (or goes on making) a kit in a chosen folder, of what the wizard holds; the task's result is `kitResultSchema`. `goMod`, `npmLock`: texts that were dropped. */
  'kit.make': {
    input: z.object({
      id: z.string().max(64),
      profile: profileSchema,
      images: z.array(imageSchema).max(8),
      goMod: z.string().max(MAX_TEXT).nullable(),
      npmLock: z.string().max(2_000_000).nullable(),
    }),
    output: taskId,
  },
  'kit.interfaces': { input: nothing, output: z.array(kitInterfaceSchema) },
  /** Serves a kit to the room on one interface, until `kit.stop` or the program's end. The task's result is `kitServerSchema`. */
  'kit.serve': { input: z.object({ id: z.string().max(64), interface: z.string().max(64) }), output: taskId },
  'kit.serving': { input: nothing, output: kitServerSchema.nullable() },
  'kit.stop': { input: nothing, output: z.boolean() },
  'task.list': { input: nothing, output: z.array(taskViewSchema) },
  'task.cancel': { input: taskId, output: z.boolean() },
  'task.answer': {
    input: z.object({ taskId: z.string().max(64), questionId: z.string().max(64), answer: z.string().max(16) }),
    output: z.boolean(),
  },
} as const

export type RequestName = keyof typeof requests
export type RequestInput<N extends RequestName> = z.input<(typeof requests)[N]['input']>
export type RequestOutput<N extends RequestName> = z.output<(typeof requests)[N]['output']>

/** The envelope of every answer: Electron does not keep thrown Error objects across `invoke`. */
export const envelopeSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: appErrorSchema }),
])
export type Envelope = z.infer<typeof envelopeSchema>

/** The channels between window and main. */
export const REQUEST_CHANNEL = 'goready:request'
export const TASK_CHANNEL = 'goready:task'
export const COMMAND_CHANNEL = 'goready:command'
