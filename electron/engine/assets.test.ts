import { join } from 'node:path'
import { expect, test } from 'vitest'
import { classroomFolder } from './assets.ts'

test('the classroom stands among the assets of a checkout, and beside the archive of an installed program', () => {
  expect(classroomFolder()).toBe(join(import.meta.dirname, '..', '..', 'assets', 'classroom'))
  const resources = join('/opt', 'GoReady', 'resources')
  expect(classroomFolder(join(resources, 'app.asar', 'assets'))).toBe(join(resources, 'classroom'))
})
