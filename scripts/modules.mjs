// Usage: node scripts/modules.mjs — installs node_modules when package-lock.json says something else than stands there.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stop, capture, isCommand, main, progress, readText, root, writeText } from './lib.mjs'

const stamp = join(root, 'node_modules', '.goready-lock')
const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/** Installs what the lock names, unless it is there. Takes milliseconds then. */
export async function installModules() {
  const hash = lockHash()
  if (readText(stamp) === hash) return
  if (!standsAlready()) {
    const result = await progress('Installing packages', () =>
      capture(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
        // Engine warnings of Electron's own tools are harmless on Node 20.
        env: { ...process.env, npm_config_update_notifier: 'false' },
      }),
    )
    if (result.code !== 0) throw new Stop(`${result.output.trim()}\nInstalling the packages failed (npm ci).`)
  }
  await writeText(stamp, hash)
}

/** npm's own record of node_modules agrees with the lock and with what lies there: somebody ran npm by hand. */
function standsAlready() {
  const recordText = readText(join(root, 'node_modules', '.package-lock.json'))
  if (recordText === null) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const record = JSON.parse(recordText).packages
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      entry.optional ||
      (record[path]?.integrity === entry.integrity && existsSync(join(root, path, 'package.json'))),
  )
}

if (isCommand(import.meta.url)) await main(installModules)
