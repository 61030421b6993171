import type { Handler } from '../../core/setting.ts'
import type { Places } from '../../core/places.ts'
import type { System } from '../../core/system.ts'
import { powershellPath } from './powershell.ts'

/**
 * WM_SETTINGCHANGE (0x1A) with "Environment" to every window (0xffff), five seconds for each, not waiting for one
 * that hangs (SMTO_ABORTIFHUNG, 2): learn.microsoft.com, "WM_SETTINGCHANGE", "SendMessageTimeoutW". Explorer then
 * gives new programs the new variables. Nothing of a person's stands in this text.
 */
const SEND = [
  "$ErrorActionPreference = 'Stop';",
  "$f = '[DllImport(''user32.dll'', CharSet = CharSet.Unicode)] public static extern IntPtr SendMessageTimeoutW(",
  "IntPtr w, uint m, UIntPtr p, string l, uint f, uint t, out UIntPtr r);';",
  '$t = Add-Type -MemberDefinition $f -Name Broadcast -Namespace GoReady -PassThru;',
  '$r = [UIntPtr]::Zero;',
  "[void]$t::SendMessageTimeoutW([IntPtr]0xffff, 0x1A, [UIntPtr]::Zero, 'Environment', 2, 5000, [ref]$r)",
].join(' ')

/** Where a policy forbids to compile: .NET's own broadcast, made by removing a variable that does not exist. */
const REMOVE = "[Environment]::SetEnvironmentVariable('GOREADY_BROADCAST', $null, 'User')"

const TIMEOUT = 60_000

/**
 * Tells running programs that variables have changed; once, on apply and on undo. Nobody has to listen, and where
 * no broadcast is possible (PowerShell forbidden) a new sign-in does the same: that is no reason to give all back.
 */
export function broadcastHandler(places: Places): Handler {
  return {
    id: 'environment-broadcast',
    once: true,
    interim: () => Promise.resolve(null),
    async notice(sys, _path, _bytes, signal) {
      for (const script of [SEND, REMOVE]) if (await run(sys, places, script, signal)) return
    },
  }
}

async function run(sys: System, places: Places, script: string, signal: AbortSignal): Promise<boolean> {
  const argv = [powershellPath(places), '-NoLogo', '-NoProfile', '-NonInteractive', '-Command', script] as const
  try {
    const { code } = await sys.run(argv, { env: places.environment, timeout: TIMEOUT, signal })
    return code === 0
  } catch {
    signal.throwIfAborted()
    return false
  }
}
