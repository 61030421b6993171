import { expect, test } from 'vitest'
import { MemorySystem } from '../../system/memory.ts'
import { windowsElevator } from './elevate.ts'

const at = { address: '\\\\.\\pipe\\goready-0123', secret: 'abc' }

async function uac() {
  const [way] = await windowsElevator({ environment: { SYSTEMROOT: 'C:\\Windows' } }).ways(new MemorySystem(), false)
  if (way?.channel !== 'socket') return expect.fail('no way')
  return way
}

test('the prompt is UAC’s, for the helper with a pipe and a secret; nothing of a path is run', async () => {
  const way = await uac()
  const argv = way.argv(["C:\\Program Files\\陈's \u2019App\\goready.exe", 'C:\\a b\\', 'x"y'], at)
  expect(argv[0]).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe')
  const script = argv.at(-1) ?? ''
  expect(script).toContain("$i.FileName = 'C:\\Program Files\\陈''s \u2019\u2019App\\goready.exe';")
  expect(script).toContain(`$i.Arguments = '"C:\\a b\\\\" "x\\"y" \\\\.\\pipe\\goready-0123 abc';`)
  expect(script).toContain("$i.Verb = 'runas'")
})

test('a no is a no; a PowerShell that cannot is another matter, and so is a helper that never came', async () => {
  const way = await uac()
  expect([126, 127, 1, null, 0].map((code) => way.refusal({ code, stderr: '' }))).toEqual([
    ...['cancelled', 'unavailable', 'unavailable', 'unavailable', null],
  ])
})
