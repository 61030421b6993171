import type { Places } from '../core/places.ts'

/** Where the helper keeps its records. Only root looks into it. null: nobody else can even see whether it is there. */
export function helpersRecords(platform: Places['platform']): string | null {
  switch (platform) {
    case 'linux':
      return '/var/lib/goready'
    // By its real name.
    case 'darwin':
      return '/private/var/db/goready'
    case 'win32':
      return null
  }
}
