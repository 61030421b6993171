// Usage: node scripts/lab.mjs [lab|demo] … — sets up, builds, and runs the lab or the demonstration.
import { join } from 'node:path'
import { main, root, run } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

await main(async (args) => {
  await setUp({ needs: ['modules', 'test'] })
  await build(['node'])
  return run([process.execPath, join(root, 'out/node/lab.js'), ...args])
})
