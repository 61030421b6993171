import { expect, test } from 'vitest'
import { groupsOf, pickAccounts } from './ordinary-accounts.ts'

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
sync:x:1004:65534:sync:/bin:/bin/sync
ann:x:1000:1000:Ann:/home/ann:/bin/bash
bob:x:1001:1001::/home/bob/:
ann2:x:1000:1000:the same number:/home/elsewhere:/bin/bash
ftp:x:1002:1002::/srv/ftp:/usr/sbin/nologin
nohome:x:1003:1003::/nonexistent:/bin/sh
deep:x:1005:1005::/home/../..:/bin/sh
broken:x:10x6:1006::/home/broken:/bin/sh
+nis::::::
nobody:x:65534:65534:nobody:/nonexistent:/bin/sh
`

test('people are those in the range of login.defs with a shell and a home, each number once', () => {
  expect(pickAccounts(PASSWD, '')).toEqual([
    { name: 'ann', uid: 1000, gid: 1000, home: '/home/ann' },
    { name: 'bob', uid: 1001, gid: 1001, home: '/home/bob' },
  ])
  expect(pickAccounts(PASSWD, '# UID_MIN 5\nUID_MIN\t 1001\nUID_MAX 1001\n').map(({ name }) => name)).toEqual(['bob'])
})

test('the groups of an account', () => {
  expect(groupsOf({ name: 'ann', gid: 1000 }, 'docker:x:999:bob,ann\nsudo:x:27:\nx:y:z:ann\nann:x:1000:ann\n')).toEqual(
    [1000, 999],
  )
})
