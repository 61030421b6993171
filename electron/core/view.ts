import type { Note } from '../contract/note.ts'
import type { Change, ChangeView, Edit, Plan, PlanView, PresenceChange, Rights, Value } from '../contract/plan.ts'
import { diffText } from './diff.ts'
import { showEnv } from './env.ts'
import { assertNever } from './errors.ts'
import { bytesOf, type Held, type HeldChange, isFileState } from './held.ts'
import { isPresence } from './presence.ts'
import { isSecretName, redact } from './redact.ts'
import type { StepChange } from './steps.ts'

/** What a change does to its file, in one word. */
export function actionOf(change: HeldChange | StepChange): 'create' | 'modify' | 'delete' {
  if (change.kind === 'tree') return 'delete'
  if (change.before === null) return 'create'
  return change.after === null ? 'delete' : 'modify'
}

const showValue = (value: Value, secret: boolean): string | null => {
  if (value === null) return null
  if (secret) return '••••'
  return redact(typeof value === 'string' ? value : JSON.stringify(value))
}

const isSecret = (edit: Edit): boolean => edit.secret === true || isSecretName(edit.key)

const viewKey = (edit: Edit) => ({
  owner: edit.owner,
  key: edit.key,
  before: showValue(edit.before, isSecret(edit)),
  after: showValue(edit.after, isSecret(edit)),
})

/** The texts in a secret value: itself, or those under a telling name. */
const secretsIn = (value: Value): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Object.entries(value ?? {}).flatMap(([name, inner]) =>
        typeof inner === 'string' && isSecretName(name) ? [inner] : [],
      )

/**
 * The diff between two contents of a file or variable that a run changed, secrets redacted; empty where one of its
 * secrets would still be seen in it.
 */
export function safeDiff(change: HeldChange, from: Held | null, to: Held | null): string {
  if (change.kind === 'env' && isSecretName(change.name)) return ''
  const [before, after] = [textOf(change, from), textOf(change, to)]
  const target = change.edits[0]?.target
  const diff = diffText(change.path, before, after, target?.kind === 'file' ? target.format : null)
  const secrets = change.edits.filter((edit) => edit.secret === true).flatMap((edit) => [edit.before, edit.after])
  return secrets.flatMap(secretsIn).some((value) => value !== '' && diff.includes(value)) ? '' : diff
}

function textOf(change: HeldChange, held: Held | null): Uint8Array | null {
  if (change.kind === 'file') return bytesOf(held)
  return showEnv(change.name, held === null || isFileState(held) ? null : held)
}

/** Inside the program every path has forward slashes; a Windows person reads the other ones. */
const shownPath = (path: string): string => (/^[A-Za-z]:\//.test(path) ? path.replaceAll('/', '\\') : path)

/** Windows tells no two names apart by their case. */
const samePath = (a: string, b: string): boolean =>
  a === b || (/^[A-Za-z]:\//.test(a) && a.toLowerCase() === b.toLowerCase())

/** A change as a person or a JSON reader sees it: no bytes, no secrets. */
export function viewChange(change: Exclude<Change, PresenceChange>): ChangeView {
  switch (change.kind) {
    case 'file':
      return {
        kind: 'file',
        path: shownPath(change.path),
        real: samePath(change.real, change.path) ? null : shownPath(change.real),
        action: actionOf(change),
        keys: change.edits.map(viewKey),
        diff: safeDiff(change, change.before, change.after),
        notify: [...change.notify],
        admin: change.admin,
      }
    case 'env':
      return {
        kind: 'env',
        path: change.path,
        scope: change.scope,
        name: change.name,
        action: actionOf(change),
        keys: change.edits.map(viewKey),
        diff: safeDiff(change, change.before, change.after),
        notify: [...change.notify],
        admin: change.admin,
      }
    case 'dir':
      return { kind: 'dir', path: shownPath(change.path), action: 'create', admin: change.admin }
    case 'image':
      return { kind: 'image', name: change.name, action: change.before ? 'keep' : 'pull', size: change.size }
    case 'tree': {
      const { path, bytes, final, admin } = change
      return { kind: 'tree', path: shownPath(path), bytes, final, admin }
    }
    case 'rights': {
      const { path, before, after, admin } = change
      return { kind: 'rights', path: shownPath(path), before: showRights(before), after: showRights(after), admin }
    }
    case 'notice': {
      const { path, handler, admin } = change
      return { kind: 'notice', path: shownPath(path), handler, admin }
    }
    default:
      return assertNever(change)
  }
}

/** `owner:group mode`, all numbers, as `ls -n` and chmod have them. */
export const showRights = ({ uid, gid, mode }: Rights): string => `${uid}:${gid} ${mode.toString(8).padStart(4, '0')}`

/** Whether a plan would change anything. */
export const isChange = (change: Change): boolean =>
  isPresence(change) || change.kind === 'image' ? change.before !== change.after : true

/** A plan as it is shown. */
export function viewPlan(plan: Plan, choices: readonly Note[], rights: PlanView['rights']): PlanView {
  const image = plan.changes.find((change) => change.kind === 'image')
  return {
    id: plan.id,
    changed: plan.changes.some(isChange),
    image: image?.kind === 'image' ? image.name : null,
    // A package, service or group is shown by the steps of the help that offered it.
    changes: plan.changes.flatMap((change) => (isPresence(change) ? [] : [viewChange(change)])),
    choices: [...choices],
    findings: [...plan.findings],
    rights,
  }
}
