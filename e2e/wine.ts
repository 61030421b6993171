import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RegistryTools } from '../electron/platform/win32/registry.ts'
import { exec } from '../electron/system/exec.ts'

/** Debian's wine64 lies outside PATH. */
const FOLDER = '/usr/lib/wine'
export const WINE = `${FOLDER}/wine64`
export const hasWine = existsSync(WINE)

/** A Windows of its own in a temporary folder: no window, no download of another runtime, nobody else's registry. */
export type Wine = {
  tools: RegistryTools
  /** Runs a Windows program; answers its output. Throws where its status is not 0. */
  run(...argv: readonly string[]): Promise<string>
  /** Writes a .reg file and imports it. `lines`: what stands below the key. */
  plant(key: string, lines: readonly string[]): Promise<void>
  /** The bytes of `reg export`. */
  exported(key: string): Promise<Buffer>
  /** Ends this Windows and removes it. */
  stop(): Promise<void>
}

export async function startWine(): Promise<Wine> {
  const prefix = await mkdtemp(join(tmpdir(), 'goready-wine-'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    // Whoever starts it keeps no trace of it in the home.
    HOME: prefix,
    WINEPREFIX: prefix,
    WINEDLLOVERRIDES: 'mscoree,mshtml=;winemenubuilder.exe=d',
    WINEDEBUG: '-all',
    LC_ALL: 'C.UTF-8',
  }
  const native = (path: string): string => `Z:${path.replaceAll('/', '\\')}`
  // `env` and not only our environment: the code under test starts these with the one that we have.
  const start = ['/usr/bin/env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), WINE] as const
  const run = async (...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await exec([...start, ...argv], { timeout: 120_000 })
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${code} ${stderr}`)
    return stdout
  }
  const stop = async (): Promise<void> => {
    await exec([`${FOLDER}/wineserver`, '-k'], { env, timeout: 30_000 })
    await exec([`${FOLDER}/wineserver`, '-w'], { env, timeout: 30_000 })
    await rm(prefix, { recursive: true, force: true })
  }
  await run('wineboot', '-i')
  const scratch = (name: string): string => join(prefix, name)
  return {
    tools: { reg: [...start, 'reg'], whoami: [...start, 'whoami'], native },
    run,
    stop,
    async plant(key, lines) {
      const text = ['\uFEFFWindows Registry Editor Version 5.00', '', `[${key}]`, ...lines, ''].join('\r\n')
      await writeFile(scratch('plant.reg'), Buffer.from(text, 'utf16le'))
      await run('reg', 'import', native(scratch('plant.reg')))
    },
    async exported(key) {
      await run('reg', 'export', key, native(scratch('out.reg')), '/y')
      return readFile(scratch('out.reg'))
    },
  }
}
