import type { ChangeView, PlanView } from '../../electron/contract/plan.ts'

/** A plan in numbers, for the sentence of the bar and the words on the button. */
export type PlanSum = {
  files: number
  /** Bytes to download, null where nobody knows; undefined: no image is pulled. */
  download: number | null | undefined
  /** What only an administrator may write. */
  admin: readonly string[]
  /** Docker is reloaded. */
  reloads: boolean
  /** The lists of packages are fetched anew. */
  refreshes: boolean
  /** No engine answers: a run could not even begin. */
  dockerMissing: boolean
}

export function sumPlan({ changes, findings }: Pick<PlanView, 'changes' | 'findings'>): PlanSum {
  const image = changes.find((change) => change.kind === 'image')
  const notified = new Set(
    changes.flatMap((change) =>
      isHeld(change) ? change.notify : isPlain(change) && change.kind === 'notice' ? [change.handler] : [],
    ),
  )
  return {
    files: changes.filter((change) => isHeld(change) || change.kind === 'tree' || change.kind === 'rights').length,
    download: image?.action === 'pull' ? image.size : undefined,
    admin: changes.flatMap((change) => (change.kind !== 'image' && change.admin ? [change.path] : [])),
    reloads: notified.has('docker-reload'),
    refreshes: notified.has('apt-update'),
    dockerMissing: findings.some(({ id, severity }) => id === 'docker.state' && severity === 'error'),
  }
}

/** One row of the list: a file, the image, or all new folders together. */
export type ReviewRow = FileRow | PlainRow | ImageRow | { kind: 'folders'; paths: readonly string[]; admin: boolean }
type FileRow = Extract<ChangeView, { kind: 'file' | 'env' }>

/** A file, or a variable that the system keeps itself. */
export const isHeld = (change: ChangeView): change is FileRow => change.kind === 'file' || change.kind === 'env'

/** A change without a diff: something is moved away, gets other rights, or a service reads its file anew. */
export type PlainRow = Extract<ChangeView, { kind: 'tree' | 'rights' | 'notice' }>
export const isPlain = (change: ChangeView): change is PlainRow =>
  change.kind === 'tree' || change.kind === 'rights' || change.kind === 'notice'
type ImageRow = Extract<ChangeView, { kind: 'image' }>

/** What matters first: files, then the image. Folders only hold the files; they stand together at the end. */
export function reviewRows(changes: readonly ChangeView[]): readonly ReviewRow[] {
  const folders = changes.filter((change) => change.kind === 'dir')
  const row: ReviewRow = {
    kind: 'folders',
    paths: folders.map(({ path }) => path),
    admin: folders.some(({ admin }) => admin),
  }
  return [
    ...changes.filter(isHeld),
    ...changes.filter(isPlain),
    ...changes.filter((change) => change.kind === 'image'),
    ...(folders.length === 0 ? [] : [row]),
  ]
}

/** A name for a row that stays the same while the same plan is made again. */
export function rowKey(row: ReviewRow): string {
  if (row.kind === 'folders') return row.kind
  return `${row.kind} ${row.kind === 'image' ? row.name : row.path}`
}
