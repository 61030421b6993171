import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PACKAGES, guarded, missingFrom } from './packages.mjs'

const list = [
  'installed\tlibgtk-3-0t64\tlibgtk-3-0 (= 3.24.49-3)',
  'installed\tgit\tgit-core, git-vcs (= 1:2.39)',
  'config-files\tdocker.io\tdocker',
  'not-installed\tzsh\t',
].join('\n')

test('a package counts when it is installed or provided, not when only its settings are left', () => {
  expect(missingFrom(list, ['git', 'libgtk-3-0', 'docker.io', 'zsh', 'strace'])).toEqual(['docker.io', 'zsh', 'strace'])
  expect(missingFrom(list, ['git-vcs'])).toEqual([])
})

test('what the window needs is a part of what the tests need, without servers', () => {
  expect(PACKAGES.test).toEqual(expect.arrayContaining([...PACKAGES.window]))
  expect(PACKAGES.window).not.toContain('docker.io')
})

function guardPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'goready-guard-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'policy-rc.d')
}

test('while packages are installed a guard says that no service may start; afterwards it is gone', async () => {
  const path = guardPath()
  await guarded(path, async () => {
    expect(readFileSync(path, 'utf8')).toContain('exit 101')
    expect(statSync(path).mode & 0o777).toBe(0o755)
  })
  expect(existsSync(path)).toBe(false)
  await expect(guarded(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(existsSync(path)).toBe(false)
})

test("an administrator's own guard stays as it is", async () => {
  const path = guardPath()
  writeFileSync(path, 'own')
  await guarded(path, async () => {})
  expect(readFileSync(path, 'utf8')).toBe('own')
})
