import { mkdirSync } from 'node:fs'
import { openHandlers } from '../engine/handlers.ts'
import { openPlatform } from '../platform/index.ts'
import { systemOn } from '../platform/open-system.ts'
import { realSystem } from '../system/real.ts'
import { joinRendezvous } from '../system/rendezvous.ts'
import { serve } from './serve.ts'

/** What Windows tells a program about itself. All else that it was started with belongs to a person. */
const KEPT =
  /^(ALLUSERSPROFILE|COMMONPROGRAM.*|COMPUTERNAME|PROGRAM(DATA|FILES.*|W6432)|SYSTEMDRIVE|SYSTEMROOT|USERNAME|USERPROFILE|WINDIR)$/i

/**
 * The helper on Windows, started by UAC's prompt with a pipe and a secret. Its records and its temporary files lie in
 * the system account's own folder, which only administrators may look into: what `reg import` is given must not be
 * changed by a person's own programs meanwhile. Answers the exit status; 2 where it was started wrongly.
 */
export async function elevatedOnWindows(address: string, secret: string): Promise<number> {
  const platform = openPlatform({})
  const { places, presence } = platform
  const sys = systemOn(places, realSystem())
  const ours = /^\\\\\.\\pipe\\goready-[0-9a-f]{32}$/.test(address) && /^[0-9a-f]{64}$/.test(secret)
  if (places.platform !== 'win32' || !ours || !(await sys.mayWriteEnv('system'))) return 2
  for (const name of Object.keys(process.env)) if (!KEPT.test(name)) delete process.env[name]
  const own = `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\config\\systemprofile\\AppData\\Local\\goready`
  const temporary = `${own}\\temporary`
  mkdirSync(temporary, { recursive: true })
  process.env['TEMP'] = temporary
  process.env['TMP'] = temporary
  process.chdir(own)
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())
  const channel = await joinRendezvous(address, secret)
  await serve({
    channel,
    sys,
    places,
    handlers: openHandlers(platform),
    presence,
    state: own.replaceAll('\\', '/'),
    pid: process.pid,
    forgets: false,
    signal: stop.signal,
    presences: () => Promise.resolve([]),
  })
  channel.close()
  return 0
}
