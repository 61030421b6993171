import i18next from 'i18next'
import { isLocked, useWizard } from '../store/wizard.ts'

/** Whether the opened profile closed a field; the teacher's remark for it. */
export function useLock(field: string): { locked: boolean; why: string } {
  const opened = useWizard((wizard) => wizard.opened)
  const { locked = [], remark = null } = opened ?? {}
  const why = remark === null ? i18next.t('wizard:locked') : i18next.t('wizard:lockedBy', { remark })
  return { locked: isLocked(locked, field), why }
}

/** The field of a profile that a target's choice is; npm has registries of scopes besides. */
export const lockOf = (target: string): string => (target === 'npm' ? 'sources.npm.default' : `sources.${target}`)

/** Stands beside a field that a teacher closed. */
export function LockedNote({ field }: { field: string }) {
  const { locked, why } = useLock(field)
  return locked ? <p className="locked-note">{why}</p> : null
}
