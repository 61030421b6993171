// Usage: node scripts/cli.mjs COMMAND … — the command line of a checkout: sets up, builds, runs it under this Node.
import { join } from 'node:path'
import { main, root, run } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

await main(async (args) => {
  await setUp({ needs: ['modules'] })
  await build(['node'])
  return run([process.execPath, join(root, 'out/node/cli.js'), ...args], { cwd: process.env.INIT_CWD ?? process.cwd() })
})
