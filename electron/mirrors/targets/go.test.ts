import { zipSync } from 'fflate'
import { afterEach, expect, test } from 'vitest'
import { candidate, checkAll, closeAll, listen, openHttp } from '../../../e2e/mirror-support.ts'
import { goAdapter } from './go.ts'

afterEach(closeAll)

const module = { path: 'm.example/m', version: 'v1.0.0' }
const adapter = goAdapter({ sumdb: 'unknown.example', proof: module, bulk: module }, () => 0)
const ZIP = Buffer.from(zipSync({ 'm.example/m@v1.0.0/go.mod': Buffer.from('module m.example/m\n') }))

const proxy = (goMod: string): Promise<string> =>
  listen((request, response) => {
    const path = request.url ?? ''
    if (path.endsWith('.zip')) return response.end(ZIP)
    if (path.endsWith('.mod')) return response.end(goMod)
    if (path.endsWith('/list')) return response.end('v1.0.0\n')
    return response.end(JSON.stringify({ Version: 'v1.0.0' }))
  })

test.each([
  ['module m.example/m\n', {}],
  ['// Deprecated: no\r\n\r\n\tmodule m.example/m\r\n', {}],
  ['nothing of the kind\n', { x: 'not-artefact' }],
  // Comments without end, which an expression could cut in more ways than there is time.
  ['/'.repeat(60_000), { x: 'not-artefact' }],
])('a go.mod is known by its module line: %.20j', async (goMod, reasons) => {
  expect((await checkAll(adapter, [candidate('x', await proxy(goMod))], openHttp())).reasons).toEqual(reasons)
})
