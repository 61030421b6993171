import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startDetached } from './exec.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'goready-detached-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))
const node = process.execPath

test('a program that starts works in its folder with its environment', async () => {
  const program = "require('fs').writeFileSync(process.env.NAME, '')"
  expect(await startDetached([node, '-e', program], { cwd, env: { NAME: 'made' } })).toBe(true)
  await expect.poll(() => existsSync(join(cwd, 'made'))).toBe(true)
})

test('one that ends with an error at once, or is not there, did not start', async () => {
  expect(await startDetached([node, '-e', 'process.exit(3)'], { cwd, env: {} })).toBe(false)
  expect(await startDetached([join(cwd, 'none')], { cwd, env: {} })).toBe(false)
})
