import { afterEach, expect, test } from 'vitest'
import { closeAll, listen } from '../../e2e/mirror-support.ts'
import { openMirrorHttp } from '../mirrors/http/client.ts'
import { tryCredential } from './credentials.ts'

afterEach(closeAll)

const never = new AbortController().signal

test.each([
  [200, 'accepted'],
  [404, 'accepted'],
  [401, 'refused'],
  [302, 'unreachable'],
  [429, 'unreachable'],
  [503, 'unreachable'],
])('an address that wants a password and then answers %i: %s', async (status, state) => {
  const url = await listen((request, response) => {
    const asked = request.headers.authorization !== undefined
    response.writeHead(asked ? status : 401, { location: '/log-in' }).end()
  })
  const trial = await tryCredential(
    { target: 'pip', url, login: 'ann', secret: 'hush' },
    openMirrorHttp({ environment: {} }),
    never,
  )
  expect(trial.state).toBe(state)
  expect(trial.cause).not.toContain('hush')
})
