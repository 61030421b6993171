// Usage: node scripts/profile-schema.mjs — writes assets/profile.schema.json, what editors check profiles by, out of
//        the schema that the program itself reads them with (electron/contract/profile.ts).
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isCommand, main, root } from './lib.mjs'

if (isCommand(import.meta.url))
  await main(async () => {
    const cli = [join(root, 'scripts/cli.mjs'), 'profile', 'schema', '--lang', 'en']
    const { stdout } = await promisify(execFile)(process.execPath, cli, { cwd: root })
    await writeFile(join(root, 'assets/profile.schema.json'), stdout)
  })
