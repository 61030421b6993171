// Usage: node scripts/bench/fleet.mjs [--seats N] [--forks N] [--rounds N] [--json] — seconds per lab machine for `goready classroom run` against a shell loop over ssh and xargs, on machines in namespaces (root).
import { join } from 'node:path'
import { Stop, main, root, run } from '../lib.mjs'
import { setUp } from '../setup.mjs'
import { build } from '../build.mjs'

await main(async (args) => {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    throw new Stop('The machines of this benchmark live in namespaces: run it as root on Linux.')
  await setUp({ needs: ['modules', 'test'] })
  await build(['node'])
  return run([process.execPath, join(root, 'out/node/fleet.js'), ...args])
})
