import { randomBytes } from 'node:crypto'
import { MAX_OWN, type OwnMirror } from '../contract/mirror.ts'
import type { Finding } from '../contract/note.ts'
import { CodedError } from '../core/errors.ts'
import { makePrivateFolder } from '../core/journal.ts'
import { under } from '../core/paths.ts'
import type { System } from '../core/system.ts'
import { stateFile } from '../desk/state-file.ts'
import type { MirrorCatalogue } from '../mirrors/catalogue.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import { asMirror, checkOwn, type KeptMirror, ownMirrorsSchema } from '../mirrors/own.ts'
import { download, readRenewal, RenewError, type RenewProblem } from '../mirrors/renew.ts'
import { CATALOGUE_KEYS } from '../mirrors/signed.ts'

/** The mirrors that count: those of the newest catalogue that can be trusted, and the person's own behind them. */
export type MirrorList = MirrorCatalogue & {
  origin: 'built-in' | 'renewed' | 'file'
  /** Why a renewal that was kept is not used. */
  findings: readonly Finding[]
}

type Parts = {
  sys: System
  state: string
  /** The catalogue that came with the program, or that a person named. */
  given: { catalogue: MirrorCatalogue; origin: 'built-in' | 'file' }
  /** A client for one download. */
  http(): Promise<MirrorClient>
  keys?: readonly string[]
  today?: () => string
}

const NAME = 'mirrors.signed'

/** What is known about mirrors on this machine: the catalogue, its renewal, the person's own. */
export class MirrorBook {
  readonly #parts: Parts
  readonly #keys: readonly string[]
  readonly #own: ReturnType<typeof ownFile>
  /** Changes of the own ones, one after the other. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: Parts) {
    this.#parts = parts
    this.#keys = parts.keys ?? CATALOGUE_KEYS
    this.#own = ownFile(parts)
  }

  /** Reads what is kept, each time: another window or the command line may have changed it. The signature is checked again. */
  async list(): Promise<MirrorList> {
    const { catalogue, origin, findings } = await this.#catalogue()
    const own = (await this.#kept()).map(asMirror)
    const { date, artefacts } = catalogue
    return { date, artefacts, mirrors: [...catalogue.mirrors, ...own], origin, findings }
  }

  /**
   * Fetches a newer catalogue and keeps it, if its signature, form and day are right. The finding says what came of
   * it: `ok`, or a `warning` with the reason, and what was in use stays so. Throws for an aborted signal and for
   * a state folder that can't be written.
   */
  async refresh(url: string, signal: AbortSignal): Promise<Finding> {
    const { sys, state } = this.#parts
    try {
      const newest = await this.#newest()
      const bytes = await download(url, await this.#parts.http(), signal)
      const catalogue = readRenewal(bytes, this.#keys, newest.date)
      const values = { date: catalogue.date }
      if (JSON.stringify(catalogue) === JSON.stringify({ date: newest.date, mirrors: newest.mirrors }))
        return { id: 'catalogue.renew', severity: 'ok', note: { key: 'catalogue:renew.same', values } }
      const owner = await makePrivateFolder(state, sys)
      const temporary = under(state, `.${NAME}.new`)
      if (await sys.lstat(temporary)) await sys.removeFile(temporary)
      await sys.replaceFile(under(state, NAME), bytes, { mode: 0o600, ...owner, temporary })
      return { id: 'catalogue.renew', severity: 'ok', note: { key: 'catalogue:renew.renewed', values } }
    } catch (error) {
      if (error instanceof RenewError) return refused(error.problem, error.message)
      throw error
    }
  }

  async own(): Promise<OwnMirror[]> {
    return (await this.#kept()).map(({ id, target, name, url }) => ({ id, target, name, url }))
  }

  /** Adds an own mirror (`id` empty) or changes one; answers all. Throws `bad-arguments` {reason}. */
  async save(mirror: OwnMirror): Promise<OwnMirror[]> {
    const reason = checkOwn(mirror)
    if (reason !== null) throw new CodedError('bad-arguments', { reason: `grammar:${reason}` })
    return this.#change((kept) => {
      const others = kept.filter(({ id }) => id !== mirror.id)
      if (mirror.id !== '' && others.length === kept.length) throw unknownOwn(mirror.id)
      if (others.some(({ target, url }) => target === mirror.target && sameUrl(url, mirror.url)))
        throw new CodedError('bad-arguments', { reason: 'catalogue:reason.twice', url: mirror.url })
      if (others.length >= MAX_OWN)
        throw new CodedError('bad-arguments', { reason: 'catalogue:reason.tooMany', count: MAX_OWN })
      const id = mirror.id === '' ? `own-${randomBytes(4).toString('hex')}` : mirror.id
      const next = { ...mirror, id, name: mirror.name.trim(), date: (this.#parts.today ?? today)() }
      const at = kept.findIndex((one) => one.id === mirror.id)
      return at < 0 ? [...kept, next] : kept.with(at, next)
    })
  }

  /** Throws `bad-arguments` {reason} for an id that is not one of the own mirrors. */
  remove(id: string): Promise<OwnMirror[]> {
    return this.#change((kept) => {
      if (!kept.some((one) => one.id === id)) throw unknownOwn(id)
      return kept.filter((one) => one.id !== id)
    })
  }

  /** Forgets the renewal and the own mirrors. */
  async forget(): Promise<void> {
    const { sys, state } = this.#parts
    await this.#queue
    await this.#own.remove()
    for (const name of [NAME, `.${NAME}.new`])
      if (await sys.lstat(under(state, name))) await sys.removeFile(under(state, name))
  }

  async #catalogue(): Promise<{
    catalogue: MirrorCatalogue
    origin: MirrorList['origin']
    findings: readonly Finding[]
  }> {
    const { given } = this.#parts
    if (given.origin === 'file') return { ...given, findings: [] }
    try {
      const renewed = await this.#renewed()
      // A newer program brings a newer catalogue; then the renewal has had its day.
      if (renewed === null || renewed.date < given.catalogue.date) return { ...given, findings: [] }
      return { catalogue: renewed, origin: 'renewed', findings: [] }
    } catch (error) {
      if (!(error instanceof RenewError)) throw error
      return { ...given, findings: [refused(error.problem, error.message)] }
    }
  }

  /** What a renewal must not be older than. A kept one that is broken counts for nothing. */
  async #newest(): Promise<MirrorCatalogue> {
    const { catalogue } = this.#parts.given
    const kept = await this.#renewed().catch((error: unknown) => {
      if (error instanceof RenewError) return null
      throw error
    })
    return kept !== null && kept.date >= catalogue.date ? kept : catalogue
  }

  async #renewed(): Promise<MirrorCatalogue | null> {
    const { sys, state } = this.#parts
    const bytes = await sys.readFile(under(state, NAME)).catch(() => null)
    return bytes === null ? null : readRenewal(bytes, this.#keys, '')
  }

  async #kept(): Promise<readonly KeptMirror[]> {
    return (await this.#own.read())?.mirrors ?? []
  }

  #change(edit: (kept: readonly KeptMirror[]) => readonly KeptMirror[]): Promise<OwnMirror[]> {
    const changed = this.#queue.then(async () => {
      await this.#own.write({ version: 1, mirrors: [...edit(await this.#kept())] })
      return this.own()
    })
    this.#queue = changed.catch(() => {})
    return changed
  }
}

const ownFile = ({ sys, state }: Pick<Parts, 'sys' | 'state'>) =>
  stateFile(state, 'own-mirrors.json', ownMirrorsSchema, sys)

const today = (): string => new Date().toISOString().slice(0, 10)
const sameUrl = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
const unknownOwn = (id: string) => new CodedError('bad-arguments', { reason: 'catalogue:reason.unknownOwn', id })

const refused = (problem: RenewProblem, cause: string): Finding => ({
  id: 'catalogue.renew',
  severity: 'warning',
  note: { key: `catalogue:renew.${problem}` },
  details: [cause],
})
