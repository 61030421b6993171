import { expect, test } from 'vitest'
import { agreesWith, expectedGo, goVersion, moduleFailure, servedBy } from './verify.ts'

test.each([
  ['go version go1.26.7 linux/amd64', '1.26.7'],
  ['go version go1.27rc1 linux/arm64', '1.27rc1'],
  ['go version go1.26.7 X:nocoverageredesign linux/amd64', '1.26.7'],
  ['go version go1.26.7-X:jsonv2 linux/amd64', '1.26.7'],
  ['go version go1.21 windows/amd64', '1.21'],
  ['go version devel go1.28-abc linux/amd64', null],
  ['sh: go: not found', null],
  ['', null],
])('%s', (output, version) => {
  expect(goVersion(output)).toBe(version)
})

test.each([
  ['golang:1.26.7', '1.26.7'],
  ['golang:1.26-alpine', '1.26'],
  ['mirror.example:5000/library/golang:1.26-trixie', '1.26'],
  ['golang:1.27rc1-alpine3.23', '1.27rc1'],
  ['golang:1.27-rc', null],
  ['golang:latest', null],
  ['golang', null],
  ['golang:1', null],
  ['golang:alpine', null],
  ['alpine:3.23', null],
  ['golang@sha256:' + 'a'.repeat(64), null],
])('%s promises %s', (reference, go) => {
  expect(expectedGo(reference)).toBe(go)
})

test('a minor is met by its patches, a patch only by itself', () => {
  expect(agreesWith('1.26.7', '1.26')).toBe(true)
  expect(agreesWith('1.26', '1.26')).toBe(true)
  expect(agreesWith('1.26.7', '1.26.7')).toBe(true)
  expect(agreesWith('1.26.7', '1.26.8')).toBe(false)
  expect(agreesWith('1.260.1', '1.26')).toBe(false)
  expect(agreesWith('1.2.6', '1.26')).toBe(false)
})

test('go’s own words are the cause of a failed download', () => {
  const answer = (code: number, stdout: string, stderr = '') => moduleFailure({ code, stdout, stderr })
  expect(answer(0, '{"Path":"x","Sum":"h1:abc"}')).toBeNull()
  expect(answer(1, '{"Path":"x","Error":"x: 404 Not Found"}')).toBe('x: 404 Not Found')
  expect(answer(1, '', 'go: unknown proxy\n')).toBe('go: unknown proxy')
  expect(answer(0, '<html>')).toBe('<html>')
  expect(answer(137, '')).toBe('exit status 137')
})

test('who sent a module is read out of go’s own log, capitals and all', () => {
  const log = [
    '# get https://a.example/github.com/!burnt!sushi/toml/@v/v1.0.0.info',
    '# get https://a.example/github.com/!burnt!sushi/toml/@v/v1.0.0.zip: 404 Not Found (0.010s)',
    '# get https://b.example/go/github.com/!burnt!sushi/toml/@v/v1.0.0.zip: 200 OK (0.100s)',
    '# get https://sum.example/lookup/github.com/!burnt!sushi/toml@v1.0.0: 200 OK (0.100s)',
  ].join('\n')
  expect(servedBy(log, 'github.com/BurntSushi/toml', 'v1.0.0')).toBe('https://b.example/go')
  expect(servedBy(log, 'github.com/BurntSushi/toml', 'v1.0.1')).toBeNull()
  expect(servedBy('git clone', 'corp.example/x', 'v1.0.0')).toBeNull()
})

test('the log of -x is no reason for a failure', () => {
  const stderr = '# get https://a.example/x: 404 Not Found (0.01s)\ngo: module x: not found\n'
  expect(moduleFailure({ code: 1, stdout: '', stderr })).toBe('go: module x: not found')
})
