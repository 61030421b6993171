import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import { tarFolders } from './tar-folders.ts'

/** What tar itself reads. */
function list(archive: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('tar', ['--numeric-owner', '-tvf', '-'], (error, stdout) => {
      if (error) reject(error)
      else resolve(stdout)
    })
    child.stdin?.end(archive)
  })
}

test('tar reads the folders with owner and mode, also ids beyond seven octal digits', async () => {
  const lines = (await list(tarFolders(['build', 'mod'], { uid: 1000, gid: 1001 }))).trim().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(/^drwxr-xr-x 1000\/1001 .* build\/$/)
  expect(lines[1]).toMatch(/ mod\/$/)
  expect(await list(tarFolders(['x'], { uid: 3_000_000_000, gid: 2_097_152 }, 0o700))).toMatch(
    /^drwx------ 3000000000\/2097152 /,
  )
})

test('a name that does not fit is refused', () => {
  expect(() => tarFolders(['x'.repeat(100)], { uid: 0, gid: 0 })).toThrow(RangeError)
})
