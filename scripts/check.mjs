// Usage: node scripts/check.mjs format|lint|types [--fix] — one of the static checks; --fix for format writes.
import { Stop, isCommand, main, run, tool, tools } from './lib.mjs'
import { installModules } from './modules.mjs'

/** The argument list of each check. */
export const checks = {
  format: (fix) => tool(tools.biome, 'format', ...(fix ? ['--write'] : [])),
  lint: () => tool(tools.oxlint, '--type-aware', '--deny-warnings'),
  types: () => tool(tools.tsc),
}

if (isCommand(import.meta.url))
  await main(async ([name = '', flag]) => {
    if (!(name in checks)) throw new Stop('Usage: node scripts/check.mjs format|lint|types [--fix]')
    await installModules()
    return run(checks[name](flag === '--fix'))
  })
