import { expect, test } from 'vitest'
import type { ExecOptions } from '../core/system.ts'
import { linuxPlaces } from '../platform/linux/places.ts'
import { MemorySystem } from '../system/memory.ts'
import { askTool } from './ask-tool.ts'
import { askQuietly } from './defaults/ask.ts'
import { askGo } from './go/ask-go.ts'

const { signal } = new AbortController()
const GO = '/home/u/.local/go/bin/go'

/** As whom the programs of a home are run that belongs to `owner`. */
async function asked(uid: number, owner: number, home = '/home/u'): Promise<readonly ExecOptions['as'][]> {
  const sys = new MemorySystem({}, uid)
  for (const folder of ['/home/u', '/srv/u']) {
    sys.folder(folder)
    sys.folder(folder, owner)
  }
  sys.link('/home/linked', '/srv/u')
  const places = linuxPlaces({ environment: { HOME: home }, uid, username: 'u' })
  const as: ExecOptions['as'][] = []
  for (const name of [GO, '/usr/bin/pip'])
    sys.programs.set(name, (_, options) => {
      as.push(options.as)
      return {}
    })
  await askGo(sys, places, [GO, 'version'], { timeout: 1, signal })
  await askTool(sys, places, ['/usr/bin/pip', 'config', 'list'], { cwd: '/', scratch: ['PIP_CACHE_DIR'], signal })
  await askQuietly(sys, places, ['/usr/bin/pip', 'config', 'list'], {}, signal)
  return as
}

test('root runs what may be another account’s, or reads its settings, as that account', async () => {
  const other = expect.objectContaining({ uid: 1000 })
  expect(await asked(0, 1000)).toEqual([other, other, other])
  expect(await asked(0, 1000, '/home/linked')).toEqual([other, other, other])
})

test('everybody else runs programs as themselves', async () => {
  expect(await asked(0, 0)).toEqual([undefined, undefined, undefined])
  expect(await asked(1000, 1000)).toEqual([undefined, undefined, undefined])
})
