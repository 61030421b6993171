import { expect, test } from 'vitest'
import { importsOf, reachable } from './needed.mjs'

test('the packages that a bundle names are found in every spelling; files and built-in modules are none', () => {
  const text = [
    "import { app } from 'electron'",
    'import { z } from "zod"',
    "import {\n  a,\n  b,\n} from '@scope/name/deep'",
    "export * from 'yaml'",
    "import 'side'",
    "import './own.js'",
    "import fs from 'node:fs'",
    "\tconst late = await import('dockerode')",
    "const old = require('left/pad')",
  ].join('\n')
  expect(importsOf(text)).toEqual(['zod', '@scope/name', 'yaml', 'side', 'dockerode', 'left'])
})

test('what a package needs is followed as Node does: its own copy first, optional ones if they are there', () => {
  const packages = {
    '': {},
    'node_modules/a': { dependencies: { b: '1', '@types/node': '1' }, optionalDependencies: { gone: '1', c: '1' } },
    'node_modules/a/node_modules/b': { dependencies: { c: '1' } },
    'node_modules/b': {},
    'node_modules/c': {},
    'node_modules/@types/node': {},
    'node_modules/unused': {},
  }
  expect([...reachable(packages, ['a'])]).toEqual(['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c'])
  expect(() => reachable(packages, ['missing'])).toThrow('missing')
})
