// Usage: node scripts/lab.mjs lab up|images, or: node scripts/lab.mjs demo [--undo] — sets up, builds, runs the lab or the demonstration.
import { join } from 'node:path'
import { Stop, main, root, run } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

await main(async ([name = '', ...args]) => {
  if (name !== 'lab' && name !== 'demo') throw new Stop('Usage: node scripts/lab.mjs lab up|images, or demo [--undo]')
  await setUp({ needs: ['modules', 'test'] })
  await build(['node'])
  return run([process.execPath, join(root, 'out/node', `${name}.js`), ...args])
})
