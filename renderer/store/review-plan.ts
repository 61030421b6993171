import type { ChangeView, PlanView } from '../../electron/contract/plan.ts'

/** A plan in numbers, for the sentence of the bar and the words on the button. */
export type PlanSum = {
  files: number
  /** Bytes to download, null where nobody knows; undefined: no image is pulled. */
  download: number | null | undefined
  /** What only an administrator may write. */
  admin: readonly string[]
  reloads: boolean
  /** No engine answers: a run could not even begin. */
  dockerMissing: boolean
}

export function sumPlan({ changes, findings }: Pick<PlanView, 'changes' | 'findings'>): PlanSum {
  const image = changes.find((change) => change.kind === 'image')
  return {
    files: changes.filter(({ kind }) => kind === 'file').length,
    download: image?.action === 'pull' ? image.size : undefined,
    admin: changes.flatMap((change) => (change.kind !== 'image' && change.admin ? [change.path] : [])),
    reloads: changes.some((change) => change.kind === 'file' && change.notify.length > 0),
    dockerMissing: findings.some(({ id, severity }) => id === 'docker.state' && severity === 'error'),
  }
}

/** A name for a row that stays the same while the same plan is made again. */
export const changeKey = (change: ChangeView): string =>
  `${change.kind} ${change.kind === 'image' ? change.name : change.path}`
