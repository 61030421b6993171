import { expect, test } from 'vitest'
import type { Places } from '../../../core/places.ts'
import { recordReader } from '../../../docker/test-reader.ts'
import { darwinPlaces } from '../../../platform/darwin/places.ts'
import { win32Places } from '../../../platform/win32/places.ts'
import { doctorChecks } from '../../index.ts'
import { runCheck } from './test-machine.ts'

const mac = darwinPlaces({
  environment: { HOME: '/Users/ann', PATH: '/usr/bin' },
  uid: 501,
  username: 'ann',
  arch: 'arm64',
  isFolder: () => false,
})
const windows = win32Places({
  environment: { SystemDrive: 'C:', USERPROFILE: 'C:\\Users\\陈杰', ProgramFiles: 'C:\\Program Files', Path: 'C:\\x' },
  username: '陈杰',
})
const checks = doctorChecks.filter(({ category }) => category === 'docker')

async function findings(places: Places, files: Readonly<Record<string, string | null>>): Promise<readonly string[]> {
  const sys = recordReader(files)
  const all = await Promise.all(checks.map((check) => runCheck(check, sys, places, Date.now)))
  return all.flatMap(({ found }) => found.map(({ code, severity, subject }) => `${severity} ${code} ${subject}`))
}

test.each([
  ['a Mac', mac],
  ['Windows', windows],
])('%s without Docker', async (_, places) => {
  expect(await findings(places, {})).toEqual(['error docker.not-installed Docker'])
})

test.each([
  ['a Mac', mac],
  ['Windows', windows],
])('%s, where Docker Desktop has not been started', async (_, places) => {
  const found = await findings(places, { [places.docker.programs[0] ?? '']: '' })
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(/^error docker\.not-running /)
})

test('a context of Docker Desktop that is gone, on Windows', async () => {
  const config = `${windows.docker.configDir}/config.json`
  const files = { [config]: '{"currentContext": "desktop-linux"}', [windows.docker.programs[0] ?? '']: '' }
  expect(await findings(windows, files)).toEqual(['error docker.context-missing desktop-linux'])
})
