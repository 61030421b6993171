import path from 'node:path'
import { causeText, CodedError, errno } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Reader, System } from '../../core/system.ts'

const RELOAD_TIMEOUT = 30_000

/**
 * Tells the Docker daemon to read its daemon.json again; no container restarts. `configFile` is the file
 * that changed: it tells the daemon of the system from a rootless one.
 * Through systemd where it runs the daemon, else by SIGHUP to the process of the pid file, after its
 * command line was checked. Under `--root` only that pid file counts, and the command line has to name
 * the daemon.json of that root. Throws `docker-reload-failed` (the reason as cause) or `needs-admin`.
 */
export async function reloadDocker(
  sys: System,
  places: Places,
  signal: AbortSignal,
  configFile: string = places.docker.daemonJson.system,
): Promise<void> {
  if (places.otherRoot) {
    const files = [places.docker.pidFile, path.join(places.root, '/run/docker.pid')]
    return hangUp(sys, files, places.docker.daemonJson.system)
  }
  if (await isRootless(sys, places, configFile)) {
    if (await viaSystemd(sys, places, ['--user'], signal)) return
    const runtime = places.environment['XDG_RUNTIME_DIR'] ?? ''
    return hangUp(sys, [`${runtime}/docker.pid`], null)
  }
  if (await viaSystemd(sys, places, [], signal)) return
  return hangUp(sys, [places.docker.pidFile], null)
}

async function isRootless(sys: Reader, places: Places, configFile: string): Promise<boolean> {
  const { rootless } = places.docker.daemonJson
  return configFile === rootless || configFile === (await sys.resolve(rootless).catch(() => rootless))
}

/** Whether systemd runs the daemon and has reloaded it. */
async function viaSystemd(
  sys: System,
  places: Places,
  scope: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  if ((await sys.lstat('/run/systemd/system'))?.kind !== 'dir') return false
  const kept = ['PATH', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'] as const
  const env: Record<string, string> = { LC_ALL: 'C' }
  for (const name of kept) env[name] = places.environment[name] ?? (name === 'PATH' ? '/usr/bin:/bin' : '')
  const options = { env, timeout: RELOAD_TIMEOUT, signal }
  try {
    const active = await sys.query(['systemctl', ...scope, 'is-active', 'docker'], options)
    if (active.stdout.trim() !== 'active') return false
    const answer = await sys.run(['systemctl', ...scope, '--no-ask-password', 'reload', 'docker'], options)
    if (answer.code === 0) return true
    const text = answer.stderr.trim()
    if (/authentication is required|access denied|permission denied/i.test(text))
      throw new CodedError('needs-admin', { path: 'docker' }, text)
    throw new CodedError('docker-reload-failed', {}, text)
  } catch (error) {
    signal.throwIfAborted()
    if (errno(error) === 'ENOENT') return false
    throw error instanceof CodedError ? error : new CodedError('docker-reload-failed', {}, causeText(error))
  }
}

/** SIGHUP to the first pid file's process that is a dockerd (with `configFile`, where one is asked for). */
async function hangUp(sys: System, pidFiles: readonly string[], configFile: string | null): Promise<void> {
  let reason = 'no pid file'
  for (const file of pidFiles) {
    const pid = await readPid(sys, file)
    if (pid === null) continue
    const refusal = await refuse(sys, pid, configFile)
    if (refusal !== null) {
      reason = `${file}: ${refusal}`
      continue
    }
    try {
      if (await sys.kill(pid, 'SIGHUP')) return
      reason = `${file}: no process ${pid}`
    } catch (error) {
      if (errno(error) === 'EPERM') throw new CodedError('needs-admin', { path: file }, causeText(error))
      throw new CodedError('docker-reload-failed', {}, causeText(error))
    }
  }
  throw new CodedError('docker-reload-failed', {}, reason)
}

async function readPid(sys: Reader, file: string): Promise<number | null> {
  try {
    const text = new TextDecoder().decode(await sys.readFile(file)).trim()
    return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null
  } catch {
    return null
  }
}

/** Why this process must not get our signal; null when it may. A pid can long belong to somebody else. */
async function refuse(sys: Reader, pid: number, configFile: string | null): Promise<string | null> {
  let args: readonly string[]
  try {
    args = new TextDecoder().decode(await sys.readFile(`/proc/${pid}/cmdline`)).split('\0')
  } catch {
    return `no process ${pid}`
  }
  if (path.basename(args[0] ?? '') !== 'dockerd') return `process ${pid} is not dockerd`
  if (configFile === null) return null
  const named = args.flatMap((arg, index) => {
    if (arg.startsWith('--config-file=')) return [arg.slice('--config-file='.length)]
    return arg === '--config-file' ? [args[index + 1] ?? ''] : []
  })
  if (named.some((one) => path.normalize(one) === configFile)) return null
  const real = await sys.resolve(configFile).catch(() => configFile)
  return named.includes(real) ? null : `process ${pid} does not read ${configFile}`
}
