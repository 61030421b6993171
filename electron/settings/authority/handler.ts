import { causeText, CodedError } from '../../core/errors.ts'
import { folderOf, under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Handler } from '../../core/setting.ts'
import type { System } from '../../core/system.ts'
import { PLAIN_PATH, programAt } from '../find-program.ts'
import { anchorsOf, type Anchors } from './system-store.ts'

const TIMEOUT = 60_000

/**
 * Makes the system's one file of authorities out of what has changed, with the distribution's own program. On the
 * way back all links are made anew: those to a file that is gone would stay. Under `--root` it works there, where the
 * program can be told so.
 */
export function authoritiesHandler(places: Places): Handler {
  return {
    id: 'authorities-update',
    once: true,
    interim: () => Promise.resolve(null),
    async notice(sys, path, _bytes, signal, way) {
      const anchors = await anchorsOf(sys, places)
      const argv = anchors === null ? null : await command(sys, places, anchors, way === 'back')
      if (argv === null) return
      const options = { env: { PATH: PLAIN_PATH, LC_ALL: 'C.UTF-8' }, cwd: '/', timeout: TIMEOUT, signal }
      try {
        const { code, stdout, stderr } = await sys.run(argv, options)
        if (code !== 0) throw new Error(`${argv[0]}: ${stderr.trim() || stdout.trim() || String(code)}`)
      } catch (error) {
        signal.throwIfAborted()
        throw new CodedError('authorities-update-failed', { path }, causeText(error))
      }
    },
  }
}

async function command(
  sys: System,
  places: Places,
  { program, bundle, folder }: Anchors,
  back: boolean,
): Promise<readonly [string, ...string[]] | null> {
  const found = await find(sys, program)
  if (found === null) return null
  if (program === 'update-ca-trust') return places.otherRoot ? null : [found]
  const fresh = back ? ['--fresh'] : []
  if (!places.otherRoot) return [found, ...fresh]
  // The file of all authorities has to have a folder; a root that has none has no tools either that would read it.
  if ((await sys.lstat(folderOf(bundle)).catch(() => null))?.kind !== 'dir') return null
  const inRoot = (...names: string[]): string => under(places.root, ...names)
  return [
    ...([found, ...fresh, '--certsconf', inRoot('etc', 'ca-certificates.conf')] as const),
    ...['--certsdir', inRoot('usr', 'share', 'ca-certificates'), '--localcertsdir', folder],
    ...['--etccertsdir', folderOf(bundle), '--hooksdir', inRoot('etc', 'ca-certificates', 'update.d')],
  ]
}

async function find(sys: System, name: string): Promise<string | null> {
  for (const folder of PLAIN_PATH.split(':')) {
    const path = `${folder}/${name}`
    if ((await programAt(sys, path)) !== null) return path
  }
  return null
}
