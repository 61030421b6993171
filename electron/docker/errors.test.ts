import { expect, test } from 'vitest'
import { CodedError } from '../core/errors.ts'
import { engineError, engineMessage, pullError } from './errors.ts'

test.each([
  // engines up to 28
  ['toomanyrequests: You have reached your pull rate limit.', 'registry-rate-limit'],
  ['manifest for golang:9.99 not found: manifest unknown: manifest unknown', 'image-not-found'],
  ['no matching manifest for linux/amd64 in the manifest list entries', 'image-no-platform'],
  ['write /var/lib/docker/tmp/GetImageBlob1: no space left on device', 'engine-disk-full'],
  ['failed to register layer: write /usr/local/go/pkg: no space left on device', 'engine-disk-full'],
  [
    "pull access denied for nobody/x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    'registry-denied',
  ],
  ['Get "https://registry-1.docker.io/v2/": x509: certificate signed by unknown authority', 'registry-unreachable'],
  ['Get "https://registry-1.docker.io/v2/": dial tcp 1.2.3.4:443: connect: connection refused', 'registry-unreachable'],
  ['Get "https://registry-1.docker.io/v2/": EOF', 'registry-unreachable'],
  [
    "error parsing HTTP 200 response body: invalid character '<' looking for beginning of value",
    'registry-unreachable',
  ],
  ['received unexpected HTTP status: 503 Service Unavailable', 'registry-unreachable'],
  ['filesystem layer verification failed for digest sha256:00', 'pull-failed'],
  ['failed to register layer: unexpected EOF', 'pull-failed'],
  // engines from 29 on
  ['error from registry: You have reached your unauthenticated pull rate limit.', 'registry-rate-limit'],
  [
    'failed to resolve reference "docker.io/library/golang:9.99": docker.io/library/golang:9.99: not found',
    'image-not-found',
  ],
  ['no match for platform in manifest: not found', 'image-no-platform'],
  ['failed to extract layer sha256:00: write /x: no space left on device: unknown', 'engine-disk-full'],
  [
    'failed to resolve reference "docker.io/n/x:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'registry-denied',
  ],
  [
    'failed to do request: Head "https://registry-1.docker.io/v2/library/golang/manifests/1": tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    'registry-unreachable',
  ],
  ['something that nobody has seen', 'pull-failed'],
])('a pull that says "%s" is %s', (message, code) => {
  const error = pullError(message, 'golang:1.26')
  expect(error.code).toBe(code)
  expect(error.cause).toBe(message)
  expect(error.values).toEqual({ image: 'golang:1.26' })
})

test.each([
  ['ENOENT', 'docker-not-running'],
  ['ECONNREFUSED', 'docker-not-running'],
  ['EACCES', 'docker-no-permission'],
  ['ETIMEDOUT', 'docker-unreachable'],
])('%s reads as %s', (code, expected) => {
  expect(engineError(Object.assign(new Error(`connect ${code} /x.sock`), { code })).code).toBe(expected)
})

test('an aborted call is a cancel, unless a limit ran out', () => {
  const aborted = new AbortController()
  aborted.abort()
  expect(engineError(aborted.signal.reason).code).toBe('cancelled')
  expect(engineError(new DOMException('late', 'TimeoutError')).code).toBe('timeout')
  const wrapped = new Error('aborted', { cause: new DOMException('late', 'TimeoutError') })
  wrapped.name = 'AbortError'
  expect(engineError(wrapped).code).toBe('timeout')
})

test('the engine’s own message comes without the prefix of the library', () => {
  expect(engineMessage(new Error('(HTTP code 404) unexpected - No such image: golang:1 '))).toBe(
    'No such image: golang:1',
  )
  expect(engineMessage(Object.assign(new Error('x'), { json: { message: 'real' } }))).toBe('real')
})

test('a coded error stays as it is, an unknown answer is not blamed on the registry', () => {
  const coded = new CodedError('busy')
  expect(engineError(coded)).toBe(coded)
  const error = engineError(Object.assign(new Error('(HTTP code 500) server error - oops '), { statusCode: 500 }))
  expect(error.code).toBe('container-failed')
  expect(engineError(Object.assign(new Error('No such container: x'), { statusCode: 404 })).code).toBe(
    'container-failed',
  )
})
