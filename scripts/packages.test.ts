import { expect, test } from 'vitest'
import { PACKAGES, missingFrom } from './packages.mjs'

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
