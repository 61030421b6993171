// Usage: node scripts/suite.mjs NAME — sets up, builds and runs e2e/NAME*.test.ts in its long version (GOREADY_FULL=1).
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Stop, isCommand, main, root, run, tool, tools } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

/** The integration tests whose names begin so. */
export const filesOf = (name) =>
  readdirSync(join(root, 'e2e'))
    .filter((file) => file.startsWith(name) && file.endsWith('.test.ts'))
    .sort()
    .map((file) => `e2e/${file}`)

if (isCommand(import.meta.url))
  await main(async ([name = '', ...rest]) => {
    const files = name === '' || rest.length > 0 ? [] : filesOf(name)
    if (files.length === 0) throw new Stop('Usage: node scripts/suite.mjs NAME, with tests in e2e/NAME*.test.ts')
    await setUp({ needs: ['modules', 'test'] })
    await build(['node'])
    const env = { ...process.env, GOREADY_FULL: '1' }
    return run(tool(tools.vitest, 'run', '--project', 'integration', ...files), { env })
  })
