import { under } from '../../../core/paths.ts'
import { readSumdb, type Sumdb } from '../../../mirrors/trust/sumdb.ts'
import { effective } from '../../../settings/go/detect.ts'
import type { DoctorContext } from '../../check.ts'
import { firstGo } from '../go/first-go.ts'

/** What the module cache goes by. */
export type CacheSettings = {
  /** GOMODCACHE. */
  folder: string
  /** null: GOSUMDB=off, or one whose key nobody has. */
  db: Sumdb | null
  proxies: string
  /** Modules that are never looked up outside. */
  unchecked: string
}

/** As go itself works them out: GOMODCACHE, else the first folder of GOPATH, else the home's `go`. */
export async function cacheSettings(context: DoctorContext): Promise<CacheSettings> {
  const { facts, places } = context
  const state = await facts.go()
  const of = (name: string): string => effective(state, name) ?? ''
  const [gopath = ''] = of('GOPATH').split(places.platform === 'win32' ? ';' : ':')
  const home = gopath === '' ? under(places.home, 'go') : gopath
  const modcache = of('GOMODCACHE')
  const priv = of('GOPRIVATE')
  return {
    folder: modcache === '' ? under(home, 'pkg', 'mod') : modcache,
    db: readSumdb(of('GOSUMDB')),
    proxies: of('GOPROXY') || ((await firstGo(context, 3000))?.defaults.get('GOPROXY') ?? ''),
    unchecked: [of('GONOSUMDB') || priv, of('GONOPROXY') || priv, priv].filter((one) => one !== 'none').join(','),
  }
}
