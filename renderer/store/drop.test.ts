import { expect, test } from 'vitest'
import { kindOf } from './drop.ts'

test.each([
  ['class.yml', 'profile'],
  ['计算机系.YAML', 'profile'],
  ['go.mod', 'go-mod'],
  ['hello-go.mod', 'go-mod'],
  ['tango.mod', null],
  ['go.mod.bak', null],
  ['yml', null],
  ['build.log', 'log'],
  ['报错.TXT', 'log'],
  ['program.exe', null],
])('%s is for %s', (name, kind) => expect(kindOf(name)).toBe(kind))
