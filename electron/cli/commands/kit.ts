import { resolve } from 'node:path'
import { readdir } from 'node:fs/promises'
import { kitResultSchema, kitServerSchema, type KitWish } from '../../contract/kit.ts'
import type { Profile } from '../../contract/profile.ts'
import { applyResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import type { KitPlace } from '../../engine/kit.ts'
import { givenText } from '../../kit/make.ts'
import { presentedAuthority, readFingerprint, readTrust } from '../../kit/presented.ts'
import { badValue, need, noMore, unknownCommand } from '../args.ts'
import { type Command, type Context, EXIT, follow, settle } from '../command.ts'
import { askLine, canAsk } from '../question.ts'
import { printResult } from './apply.ts'
import { fileCount, printPlan, readProfile } from './plan.ts'

/** `kit make|verify|use|serve`: all that a machine without internet needs, in a folder or from a teacher's machine. */
export const kit: Command = (context) => {
  const [, verb = '', place] = context.args.words
  noMore(context.args.words, verb === 'make' ? 2 : 3)
  switch (verb) {
    case 'make':
      return make(context)
    case 'verify':
      return verify(context, resolve(need(place, 'DIR')))
    case 'use':
      return use(context, need(place, 'DIR|URL'))
    case 'serve':
      return serve(context, resolve(need(place, 'DIR')))
    case '':
      throw badValue('kit', verb)
    default:
      throw unknownCommand(`kit ${verb}`)
  }
}

const listOf = (text: string | null): readonly string[] => (text ?? '').split(',').filter((one) => one !== '')

async function make(context: Context): Promise<number> {
  const { args, output, engine } = context
  const folder = resolve(need(args.out, '--out'))
  const profile: Profile = args.profile === null ? { version: 1 } : await readProfile(context)
  const texts = (names: string | null): Promise<string[]> => Promise.all(listOf(names).map((path) => givenText(path)))
  const wish: KitWish = {
    images: listOf(args.image),
    goMods: await texts(args.goMod),
    npmLocks: await texts(args.npmLock),
    installers: await installersOf(args.installer),
  }
  const work = () =>
    engine.tasks.run('kit', ({ report, signal }) => engine.kit.make(folder, wish, profile, report, signal))
  const result = kitResultSchema.parse(await follow(context, work))
  const { text } = output
  output.line(text.say('kit:cli.made', { folder, files: result.files, size: text.size(result.bytes) }))
  if (result.kept > 0) output.line(text.say('kit:cli.kept', { size: text.size(result.kept) }))
  return EXIT.done
}

/** Files that were named; of a folder (`dist`) all that install this program. */
async function installersOf(named: string | null): Promise<string[]> {
  const found: string[] = []
  for (const path of listOf(named)) {
    const inside = await readdir(path).catch(() => null)
    if (inside === null) found.push(resolve(path))
    else
      found.push(
        ...inside
          .filter((name) => /\.(deb|rpm|AppImage|exe|msi|dmg|zip)$/.test(name))
          .toSorted()
          .map((name) => resolve(path, name)),
      )
  }
  return found
}

async function verify(context: Context, folder: string): Promise<number> {
  const { output, engine } = context
  const work = () => engine.tasks.run('kit', ({ report, signal }) => engine.kit.verify(folder, report, signal))
  const result = kitResultSchema.parse(await follow(context, work))
  output.line(output.text.say('kit:cli.whole', { files: result.files, size: output.text.size(result.bytes) }))
  return EXIT.done
}

/** Checks, shows what would be done, asks, brings the kit in and sets this machine to it. Undone like any other run. */
async function use(context: Context, where: string): Promise<number> {
  const { args, io, output, engine, signal } = context
  const { text } = output
  const place = await placeOf(context, where)
  await settle(context)
  const silent = (): void => {}
  const { image, ...settings } = await engine.kit.profileFor(place, silent, signal)
  const first = await engine.makePlan(settings, signal)
  if (!args.yes) {
    // Each of them takes its name from an image that has it now.
    const shown = 'folder' in place ? (await engine.kit.show(place.folder)).manifest?.images : undefined
    const names = shown?.map(({ reference }) => reference) ?? (image === undefined ? [] : [image])
    for (const name of names) output.line(text.say('kit:cli.willLoad', { image: name }))
    printPlan(output, first)
    if (!canAsk(io, args.json)) throw new CodedError('no-terminal', { option: '--yes' })
    const answer = await askLine(io, text.say('kit:cli.confirm', { files: fileCount(first) }), signal)
    if (!/^[yY是]/.test(answer)) throw new CodedError('cancelled')
  }
  const load = () => engine.tasks.run('kit', ({ report, signal: at }) => engine.kit.load(place, report, at))
  const loaded = kitResultSchema.parse(await follow(context, load))
  output.line(text.say('kit:cli.loaded', { size: text.size(loaded.bytes), kept: text.size(loaded.kept) }))
  // Only now the image is there, so that nobody is asked for it.
  const whole = image === undefined ? settings : { ...settings, image }
  const plan = await engine.makePlan(whole, signal)
  if (args.yes) printPlan(output, plan)
  const result = applyResultSchema.parse(await follow(context, () => engine.startApply(plan.id)))
  printResult(output, result)
  return EXIT.done
}

/**
 * A folder, or a server with the authority that `--key` names: its file or its fingerprint; an address may carry the
 * fingerprint itself, behind a #, as rooms write it down. Else the person compares it.
 */
async function placeOf(context: Context, where: string): Promise<KitPlace> {
  const { args, io, output, signal } = context
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(where)) return { folder: resolve(where) }
  let url: URL
  try {
    url = new URL(where)
  } catch {
    throw badValue('URL', where)
  }
  const carried = url.hash === '' ? null : readFingerprint(url.hash.slice(1))
  if (url.protocol !== 'https:' || url.username !== '' || url.search !== '' || (url.hash !== '' && carried === null))
    throw badValue('URL', where)
  url.hash = ''
  if (args.key !== null && readFingerprint(args.key) === null)
    return { url: url.href, authority: readTrust(await givenText(args.key), args.key).pem }
  const key = args.key === null ? carried : readFingerprint(args.key)
  const shown = await presentedAuthority(url.href, signal)
  if (key === null) {
    if (!canAsk(io, args.json)) throw new CodedError('no-terminal', { option: '--key' })
    output.line(output.text.say('kit:cli.fingerprint', { host: url.host, fingerprint: shown.fingerprint }))
    const answer = await askLine(io, output.text.say('kit:cli.same'), signal)
    if (!/^[yY是]/.test(answer)) throw new CodedError('cancelled')
  } else if (key !== shown.fingerprint)
    throw new CodedError('kit-other-authority', { url: url.host, fingerprint: shown.fingerprint })
  return { url: url.href, authority: shown.pem }
}

/** Serves until Ctrl-C. */
async function serve(context: Context, folder: string): Promise<number> {
  const { args, output, engine, signal } = context
  const name = need(args.interface, '--interface')
  const port = args.port === null ? null : Number(args.port)
  if (port !== null && (!/^\d{1,5}$/.test(args.port ?? '') || port > 65_535)) throw badValue('--port', args.port ?? '')
  const how = { interface: name, port }
  const work = () => engine.tasks.run('kit', ({ report, signal: at }) => engine.kit.serve(folder, how, report, at))
  try {
    const served = kitServerSchema.parse(await follow(context, work))
    const say = (key: string, values = {}) => output.line(output.text.say(`kit:cli.serve.${key}`, values))
    say('page', { page: served.page, name: served.interface.name })
    say('fingerprint', { fingerprint: served.fingerprint })
    for (const part of ['docker', 'go', 'npm'] as const) if (served[part] !== null) say(part, { url: served[part] })
    say('use', { page: served.page.replace(/\/$/, ''), fingerprint: served.fingerprint })
    say('stop')
    if (!signal.aborted)
      await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
  } finally {
    await engine.kit.stop()
  }
  output.line(output.text.say('kit:cli.serve.stopped'))
  return EXIT.done
}
