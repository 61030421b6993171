// Usage: node scripts/setup.mjs [modules] [window] [test] [electron] — installs what is missing of what is named (default: all).
import { installModules } from './modules.mjs'
import { installPackages } from './packages.mjs'
import { Stop, isCommand, main } from './lib.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/**
 * Makes sure that what a command needs is there. `needs`: `modules` (node_modules), `window` (Electron's
 * libraries), `test` (servers, shells, Xvfb; contains `window`), `electron` (the binary).
 * Answers the path of Electron, or null when it was not asked for. Under 2 s when nothing is to be done.
 */
export async function setUp({ needs }) {
  if (major < 20 || (major === 20 && minor < 19))
    throw new Stop(`Node 20.19 or later is needed, this is ${process.version}.`)
  if (needs.includes('test') || needs.includes('window'))
    await installPackages(needs.includes('test') ? 'test' : 'window')
  await installModules()
  if (!needs.includes('electron')) return null
  const { electronBinary } = await import('./electron.mjs')
  return electronBinary()
}

if (isCommand(import.meta.url))
  await main(async (names) => {
    await setUp({ needs: names.length > 0 ? names : ['modules', 'test', 'electron'] })
  })
