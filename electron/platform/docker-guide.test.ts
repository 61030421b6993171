import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dockerGuide } from './docker-guide.ts'

const texts = (language: string): unknown =>
  JSON.parse(readFileSync(`renderer/i18n/${language}/docker-setup.json`, 'utf8'))

test.each([
  ['linux', 'x64', false],
  ['darwin', 'arm64', false],
  ['darwin', 'x64', false],
  ['win32', 'x64', true],
] as const)('%s %s: an address of Docker itself, and steps that both languages have', (platform, arch, reboot) => {
  const guide = dockerGuide(platform, arch)
  expect(new URL(guide.url).host).toBe('docs.docker.com')
  expect(guide.reboot).toBe(reboot)
  for (const { key } of guide.steps)
    for (const language of ['en', 'zh-CN'])
      expect(textAt(texts(language), key.replace('docker-setup:', '').split('.')), key).toEqual(expect.any(String))
})

const textAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((at: unknown, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined), value)
