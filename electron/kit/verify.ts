import type { KitManifest, KitResult } from '../contract/kit.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { hashFile, pathIn, sizeIn } from './folder.ts'
import { wholeManifest } from './manifest.ts'
import { kitProgress } from './progress.ts'

/**
 * Checks every file of a kit against its list; of `skip` only that they are not needed. Reads only.
 * Throws `kit-incomplete` {path} without a list, `kit-damaged` {path} for the first file that differs.
 */
export async function verifyKit(
  folder: string,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<{ manifest: KitManifest; result: KitResult }> {
  const manifest = await wholeManifest(folder)
  const progress = kitProgress(report)
  const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0)
  progress.expect(bytes)
  progress.now({ key: 'kit:note.verify' })
  // Sizes first: a stick that was pulled out while it was written shows at once.
  for (const { path, size } of manifest.files) {
    const found = await sizeIn(folder, path)
    if (found !== size) throw new CodedError('kit-damaged', { path }, found === null ? 'missing' : `${found} bytes`)
  }
  for (const { path, sha256 } of manifest.files) {
    signal.throwIfAborted()
    const written = await hashFile(pathIn(folder, path), signal, (count) => progress.add(count))
    if (written.sha256 !== sha256) throw new CodedError('kit-damaged', { path }, written.sha256)
  }
  progress.end()
  return { manifest, result: { folder, files: manifest.files.length, bytes, kept: bytes } }
}
