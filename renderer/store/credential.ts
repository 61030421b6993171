import { create } from 'zustand'
import { checkUrl, type Reason } from '../../electron/contract/grammar.ts'
import { type Credential, type CredentialTrial, credentialTargetSchema } from '../../electron/contract/credential.ts'
import type { AppError } from '../../electron/contract/note.ts'
import type { PlanView } from '../../electron/contract/plan.ts'
import { applyResultSchema } from '../../electron/contract/run.ts'
import { request } from '../api.ts'
import { type Errand, runErrand } from './done-errand.ts'
import { errorOf } from './run-error.ts'

export const CREDENTIAL_TARGETS = credentialTargetSchema.options
type CredentialTarget = Credential['target']

/** What is shown of a name and a password that are being taken in. */
export type CredentialStep =
  | { step: 'form'; busy: 'trying' | 'planning' | null; trial: CredentialTrial | null; error: AppError | null }
  | { step: 'shown'; plan: PlanView; error: AppError | null }
  | { step: 'writing'; plan: PlanView }
  /** `run` null: it stood there already. */
  | { step: 'done'; run: string | null; undo: Errand }

type CredentialStore = {
  fields: Credential
  state: CredentialStep
  change(fields: Partial<Credential>): void
  /** Asks the address whether it takes them; nothing is written. */
  tryIt(): Promise<void>
  /** Makes the plan that writes them, to be looked at first. */
  plan(): Promise<void>
  apply(): Promise<void>
  undo(): Promise<void>
  /** Back to the fields from the plan; nothing was written. */
  back(): void
  /** Forgets all of it, the password first. */
  forget(): void
}

const EMPTY: Credential = { target: 'docker', url: '', login: '', secret: '' }
const FORM: CredentialStep = { step: 'form', busy: null, trial: null, error: null }

/** A name and a password for one private address, from the fields to the tool's own store. Kept nowhere else. */
export const useCredential = create<CredentialStore>((set, get) => {
  // An answer about other fields, or after all was forgotten, counts no more.
  let turn = 0
  const asked = async <T>(busy: 'trying' | 'planning', ask: () => Promise<T>, take: (answer: T) => CredentialStep) => {
    const mine = ++turn
    set({ state: { ...FORM, busy } })
    const state = await ask().then(take, (thrown: unknown): CredentialStep => ({ ...FORM, error: errorOf(thrown) }))
    if (mine === turn) set({ state })
  }
  return {
    fields: EMPTY,
    state: FORM,
    change(fields) {
      turn++
      set({ fields: { ...get().fields, ...fields }, state: FORM })
    },
    tryIt: () =>
      asked(
        'trying',
        () => request('credential.try', sent(get().fields)),
        (trial) => ({ ...FORM, trial }),
      ),
    plan: () =>
      asked(
        'planning',
        () => request('credential.plan', sent(get().fields)),
        (plan) =>
          plan.changed ? { step: 'shown', plan, error: null } : { step: 'done', run: null, undo: { step: 'idle' } },
      ),
    async apply() {
      const { state } = get()
      if (state.step !== 'shown') return
      const { plan } = state
      set({ state: { step: 'writing', plan } })
      await runErrand(
        async () => (await request('plan.apply', { planId: plan.id })).taskId,
        (errand) => {
          if (errand.step === 'failed') set({ state: { ...FORM, error: errand.error } })
          if (errand.step !== 'done') return
          const result = applyResultSchema.safeParse(errand.result)
          // The password has done its work.
          set({ fields: { ...get().fields, secret: '' } })
          set({ state: { step: 'done', run: result.success ? result.data.run : null, undo: { step: 'idle' } } })
        },
      )
    },
    async undo() {
      const { state } = get()
      if (state.step !== 'done' || state.run === null || state.undo.step === 'running') return
      const { run } = state
      await runErrand(
        async () => (await request('run.undo', { runId: run, onConflict: 'keep' })).taskId,
        (undo) => set({ state: { step: 'done', run, undo } }),
      )
    },
    back() {
      turn++
      set({ state: FORM })
    },
    forget() {
      turn++
      set({ fields: EMPTY, state: FORM })
    },
  }
})

/** npm's token stands alone; the contract wants a name all the same. */
const sent = ({ target, url, login, secret }: Credential): Credential => ({
  target,
  url: url.trim(),
  login: target === 'npm' ? 'token' : login,
  secret,
})

/** Why the fields cannot be used yet, and which. */
export function credentialReason({ target, url, login, secret }: Credential): {
  url: Reason | null
  ready: boolean
} {
  const reason = checkUrl(url.trim())
  return { url: reason, ready: reason === null && secret !== '' && (target === 'npm' || login !== '') }
}

export const asCredentialTarget = (text: string): CredentialTarget | null =>
  credentialTargetSchema.safeParse(text).data ?? null
