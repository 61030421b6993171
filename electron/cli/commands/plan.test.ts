import { expect, test } from 'vitest'
import type { ChangeView } from '../../contract/plan.ts'
import { openOutput } from '../output.ts'
import { openText } from '../text.ts'
import { DID, printChange } from './plan.ts'

const changes: readonly ChangeView[] = [
  { kind: 'tree', path: '/m', bytes: 812e6, final: false, admin: false },
  { kind: 'tree', path: '/m', bytes: 812e6, final: true, admin: true },
  { kind: 'rights', path: '/f', before: '0:0 0600', after: '1000:1000 0600', admin: false },
  { kind: 'notice', path: '/d', handler: 'docker-reload', admin: false },
]

async function printed(lang: 'en' | 'zh-CN', words?: typeof DID): Promise<readonly string[]> {
  let said = ''
  const stream = { isTTY: false, write: (part: string) => (said += part) }
  const io = { ...process, stdout: Object.assign(Object.create(process.stdout), stream), environment: {} }
  const output = openOutput(io, { json: false }, await openText(lang))
  for (const change of changes) printChange(output, change, words)
  return said.trimEnd().split('\n')
}

test('what is moved away, deleted, given other rights or noticed is told in both languages', async () => {
  expect(await printed('en')).toEqual([
    '/m  will be moved away (812 MB), can be undone',
    '/m  will be deleted, about 812 MB, cannot be undone · needs administrator rights',
    '/f  owner and permissions 0:0 0600 → 1000:1000 0600',
    '/d  Docker will read it again; the file stays as it is',
  ])
  expect(await printed('zh-CN')).toEqual([
    '/m  将移走（812 MB），可还原',
    expect.stringContaining('将删除，约 812 MB，不能还原'),
    '/f  所有者和权限 0:0 0600 → 1000:1000 0600',
    '/d  将让 Docker 重新读取，文件本身不变',
  ])
  expect(await printed('en', DID)).toEqual([
    '/m  moved away (812 MB)',
    '/m  deleted for good, about 812 MB · needs administrator rights',
    '/f  owner and permissions 0:0 0600 → 1000:1000 0600',
    '/d  Docker read it again',
  ])
})
