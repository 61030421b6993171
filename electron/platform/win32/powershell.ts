import type { Places } from '../../core/places.ts'

/** Windows' own PowerShell (5.1), by its whole path; every Windows since 7 has it. */
export const powershellPath = ({ environment }: Pick<Places, 'environment'>): string =>
  `${environment['SYSTEMROOT'] ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`
