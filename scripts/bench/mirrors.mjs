// Usage: node scripts/bench/mirrors.mjs [--draws N] [--mirrors N] [--full N] [--seed N] [--check] [--json] — the race among mirrors in network namespaces (root), against one after the other and latency alone; --check fails on a missed goal.
import { join } from 'node:path'
import { Stop, main, root, run } from '../lib.mjs'
import { setUp } from '../setup.mjs'
import { build } from '../build.mjs'

await main(async (args) => {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    throw new Stop('The mirrors of this benchmark live in network namespaces: run it as root on Linux.')
  await setUp({ needs: ['modules'] })
  await build(['node'])
  return run([process.execPath, join(root, 'out/node/race.js'), ...args])
})
