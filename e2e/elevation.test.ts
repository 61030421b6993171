import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { HELPER, type Machine, openMachine } from './elevation/machine.ts'
import { eventually } from './harness.ts'
import type { Result } from './lab/process.ts'

// Real sudo, pkexec, polkitd and dockerd on a machine in a folder, and an ordinary account that asks for rights there.
let machine: Machine
beforeAll(async () => {
  machine = await openMachine()
})
afterAll(() => machine.stop())

const MIRROR = 'https://docker.example.com'
const PROFILE = { version: 1, sources: { docker: [MIRROR] }, private: ['corp.example.com'] }
const APPLY = ['apply', '--profile', '/home/ann/profile.yml', '--yes', '--json'] as const
const UNDO = ['undo', '--json'] as const
/** A screen on which pkexec's window would stand. */
const SCREEN = { DISPLAY: ':99' }
const sudoers = (rule: string) =>
  machine.script(`printf '%s\\n' '${rule}' > /etc/sudoers.d/ann && chmod 440 /etc/sudoers.d/ann`)

beforeEach(async () => {
  const rules = 'rm -f /etc/sudoers.d/ann /etc/polkit-1/rules.d/*; rm -rf /run/sudo/ts/*'
  await machine.script(`${rules}; printf '%s' '${JSON.stringify(PROFILE)}' > /home/ann/profile.yml`)
})

/** All that a run could change, with times: what stays out of it must stay untouched. */
const TREE =
  'find /etc/docker /home/ann -path /home/ann/.local -prune -o -printf "%p %y %m %U:%G %T@ %l\\n" | sort; cat /etc/docker/daemon.json'
const tree = async (): Promise<string> =>
  (await machine.script(TREE)).replaceAll(/^(\/etc\/docker|\/home\/ann) d.*\n/gm, '')
const content = async (): Promise<string> => (await tree()).replaceAll(/ \d+\.\d+ /g, ' ')
const mirrors = () => machine.script("docker info --format '{{json .RegistryConfig.Mirrors}}'")
const records = () => machine.script('ls /var/lib/goready/runs /home/ann/.local/state/goready/runs 2>/dev/null || true')
const documents = ({ stdout }: Result) =>
  stdout.split('\n').flatMap((line): Record<string, unknown>[] => (/^\s*\{/.test(line) ? [JSON.parse(line)] : []))
const errorOf = (result: Result) => documents(result).findLast((one) => 'error' in one)?.['error']
const APPLIED = /"registry-mirrors"/

/** What a run leaves, both parts, and that undo gives both back. */
async function provedAndUndone(before: string, undo: () => Promise<Result>): Promise<void> {
  expect(await content()).toMatch(APPLIED)
  expect(await mirrors()).toContain(MIRROR)
  expect(await machine.script('cat /home/ann/.config/go/env')).toBe('GOPRIVATE=corp.example.com\n')
  expect(await machine.script('stat -c %U:%a /etc/docker/daemon.json /var/lib/goready /home/ann/.config/go/env')).toBe(
    'root:644\nroot:700\nann:644\n',
  )
  const undone = await undo()
  expect(undone.code, undone.stdout + undone.stderr).toBe(0)
  expect(await content()).toBe(before)
  expect(await mirrors()).toBe('[]\n')
}

test('sudo at a terminal: one password for a run, both parts in one record, undone together', async () => {
  await sudoers('ann ALL=(root) ALL')
  const before = await content()
  const wrong = await machine.onTerminal(APPLY, 'wrong-password')
  expect(wrong.stdout).toContain('"code":"admin-refused"')
  expect(wrong.code).toBe(1)
  expect(await content()).toBe(before)
  expect(await records()).toBe('')

  const applied = await machine.onTerminal(APPLY, 'right-password')
  expect(applied.code, applied.stdout).toBe(0)
  expect(applied.stdout.match(/password for ann/g)).toHaveLength(1)
  const history: unknown = JSON.parse((await machine.goready(['history', '--json'])).stdout)
  const files = [{ path: '/home/ann/.config/go/env' }, { path: '/etc/docker/daemon.json' }]
  expect(history).toMatchObject([{ status: 'applied', files }])
  await provedAndUndone(before, () => machine.onTerminal(UNDO, 'right-password'))
})

test('pkexec: asked on a screen, refused, and allowed by a rule', async () => {
  const before = await tree()
  // Nobody sits there who could be asked, and no sudo either.
  const none = await machine.goready(APPLY, SCREEN)
  expect(errorOf(none)).toMatchObject({ code: 'needs-admin', values: { path: '/etc/docker/daemon.json' } })
  const rule = (answer: string) =>
    machine.script(`cat > /etc/polkit-1/rules.d/50-test.rules <<'X'
polkit.addRule(function (action, subject) {
  if (action.id == "org.freedesktop.policykit.exec" && action.lookup("program") == "${HELPER[0]}" && subject.user == "ann")
    return polkit.Result.${answer};
});
X`)
  await rule('NO')
  await eventually('polkit knows the rule', async () => {
    const refused = await machine.goready(APPLY, SCREEN)
    return JSON.stringify(errorOf(refused)).includes('"admin-refused"')
  })
  expect(await tree()).toBe(before)
  await rule('YES')
  const stillBefore = await content()
  await eventually('polkit knows the new rule', async () => (await machine.goready(APPLY, SCREEN)).code === 0)
  await provedAndUndone(stillBefore, () => machine.goready(UNDO, SCREEN))
})

test('no window, no terminal, no sudo: said beforehand, and nothing is touched', async () => {
  const before = await tree()
  const kept = await records()
  const refused = await machine.goready(APPLY)
  expect(refused.code).toBe(1)
  expect(errorOf(refused)).toMatchObject({ code: 'needs-admin', values: { path: '/etc/docker/daemon.json' } })
  expect(
    documents(await machine.goready(['plan', '--profile', '/home/ann/profile.yml', '--json'])).at(-1),
  ).toMatchObject({
    rights: 'missing',
  })
  expect(await tree()).toBe(before)
  expect(await records()).toBe(kept)
})

test("a failure of the person's own part gives the helper's back, and a failure of the helper's leaves all", async () => {
  await sudoers('ann ALL=(root) NOPASSWD: ALL')
  const before = await content()
  // A disk without room for one more file.
  const go = '/home/ann/.config/go'
  await machine.script(
    `mkdir -p ${go}; chown -R ann: /home/ann/.config; mount -t tmpfs -o nr_inodes=1,uid=4242,mode=755 tmpfs ${go}`,
  )
  const full = await machine.goready(APPLY)
  await machine.script(`umount ${go}; rm -r /home/ann/.config`)
  expect(errorOf(full)).toMatchObject({ code: 'no-space' })
  expect(errorOf(full)).not.toHaveProperty('remaining')
  expect(await content()).toBe(before)
  expect(await mirrors()).toBe('[]\n')
  // dockerd refuses the file only when it reads it.
  await machine.script('kill -STOP $(cat /var/run/docker.pid)')
  const running = machine.start([...APPLY, '--timeout', '3'])
  const stuck = await running.done
  await machine.script('kill -CONT $(cat /var/run/docker.pid)')
  expect(stuck.code, stuck.stdout).not.toBe(0)
  await eventually('everything is back', async () => (await content()) === before)
  await eventually('the daemon shows no mirrors', async () => (await mirrors()) === '[]\n')
})

const killed = async (what: string): Promise<Result> => {
  const running = machine.start(APPLY)
  await eventually('the helper has written', async () =>
    APPLIED.test(await machine.script('cat /etc/docker/daemon.json')),
  )
  await machine.script(what)
  return running.done
}
const KILL_HELPER = 'pkill -9 -u 0 -x -f "^/usr/local/bin/goready-node /checkout/out/node/elevated.js"'
const KILL_CLIENT = 'pkill -9 -u ann -f "cli.js apply"'

test('killed in the middle: the helper gives back without its client, the client without its helper', async () => {
  await sudoers('ann ALL=(root) NOPASSWD: ALL')
  const before = await content()
  await killed(KILL_CLIENT)
  await eventually('the helper has given back', async () => !APPLIED.test(await content()))
  await eventually('the daemon forgets', async () => (await mirrors()) === '[]\n')
  expect((await machine.goready(UNDO)).code).toBe(0)
  expect(await content()).toBe(before)

  const alone = await killed(KILL_HELPER)
  expect(errorOf(alone)).toMatchObject({ code: 'admin-helper' })
  expect(errorOf(alone)).not.toHaveProperty('remaining')
  expect(await content()).toBe(before)
  expect(await mirrors()).toBe('[]\n')
})

test('both killed at once: the next start tells how the files stand, and undo gives back', async () => {
  await sudoers('ann ALL=(root) NOPASSWD: ALL')
  const before = await content()
  await killed(`${KILL_HELPER}; ${KILL_CLIENT}`)
  expect(await content()).toMatch(APPLIED)
  const undone = await machine.goready(UNDO)
  expect(undone.code, undone.stdout).toBe(0)
  expect(documents(undone)[0]).toMatchObject({ type: 'settled' })
  expect(await content()).toBe(before)
  expect(await mirrors()).toBe('[]\n')
})

test('variables for all users: written by the helper, seen by another account, and gone again', async () => {
  await sudoers('ann ALL=(root) NOPASSWD: ALL')
  const everything =
    'cd /; find etc usr/share/fish/vendor_conf.d -printf "%p %y %m %U:%G %l\\n" | grep -v sudoers | sort; find etc -type f -exec sha256sum {} + | grep -v sudoers | sort'
  const before = await machine.script(everything)
  const env = { scope: 'system', set: { GOREADY_TEST: 'a b $(id) $HOME' }, path: ['/opt/tool/bin'] }
  await machine.script(
    `cat > /home/ann/profile.yml <<'X'\n${JSON.stringify({ version: 1, env })}\nX`.replaceAll('\\n', '\n'),
  )
  const applied = await machine.goready(APPLY)
  expect(applied.code, applied.stdout).toBe(0)
  for (const start of [
    ['bash', '-lc'],
    ['sh', '-lc'],
    ['bash', '-ic'],
    ['zsh', '-c'],
    ['fish', '-c'],
  ]) {
    const plain = [
      'env',
      '-i',
      'HOME=/nonexistent',
      'PATH=/usr/bin:/bin',
      'setpriv',
      '--reuid',
      '65534',
      '--clear-groups',
    ]
    const { stdout } = await machine.root([...plain, ...start, 'echo "<$GOREADY_TEST> $PATH"'])
    expect(stdout, start.join(' ')).toContain('<a b $(id) $HOME>')
    expect(stdout, start.join(' ')).toContain('/opt/tool/bin')
  }
  expect((await machine.goready(UNDO)).code).toBe(0)
  expect(await machine.script(everything)).toBe(before)
})

/** What the check-up offers ann for a code, carried out by the helper. */
async function repaired(code: string): Promise<void> {
  const look = await machine.goready(['check', '--only', code.split('.')[0] ?? '', '--json'])
  const found = JSON.stringify(documents(look))
  const id = new RegExp(`${code.replace('.', '\\.')}-[0-9a-f]{8}`).exec(found)?.[0]
  expect(id, found + look.stderr).toBeDefined()
  const done = await machine.goready(['repair', id ?? '', '--yes', '--json'])
  expect(done.code, done.stdout + done.stderr).toBe(0)
  expect(documents(done).find((one) => one['type'] === 'plan')).toMatchObject({ plan: { rights: 'password' } })
  expect(JSON.stringify(documents(done).at(-1)?.['checkUp'])).not.toContain(`"${code}"`)
}
async function undoneAgain(): Promise<void> {
  const undone = await machine.goready(UNDO)
  expect(undone.code, undone.stdout + undone.stderr).toBe(0)
}

test('the check-up: what sudo has left in a home comes back to its owner, and by undo goes to root again', async () => {
  const go = '/home/ann/.config/go'
  await machine.script(
    `rm -rf /home/ann/.config; mkdir -p ${go}; chown ann: /home/ann/.config; echo GOPROXY=direct > ${go}/env; chmod 600 ${go}/env`,
  )
  const owners = () => machine.script(`stat -c '%n %U:%G %a' ${go} ${go}/env`)
  const before = await owners()
  try {
    // Without a way to an administrator it is said, and the command stands beside it.
    const look = await machine.goready(['check', '--only', 'files', '--json'])
    expect(look.stdout).toContain(`sudo chown -R 4242:4242 ${go}`)
    const id = /files\.foreign-owner-[0-9a-f]{8}/.exec(look.stdout)?.[0] ?? ''
    expect(errorOf(await machine.goready(['repair', id, '--yes', '--json']))).toMatchObject({ code: 'needs-admin' })
    expect(await owners()).toBe(before)

    await sudoers('ann ALL=(root) NOPASSWD: ALL')
    await repaired('files.foreign-owner')
    expect(await owners()).toBe(`${go} ann:ann 755\n${go}/env ann:ann 600\n`)
    // What has a second name by now is nothing that root gives any rights.
    await machine.script(`ln ${go}/env /home/ann/second; chown -h ann: /home/ann/second`)
    expect((await machine.goready(UNDO)).code).not.toBe(0)
    expect(await machine.script('stat -c %U /home/ann/second')).toBe('ann\n')
    await machine.script('rm /home/ann/second')
    await undoneAgain()
    expect(await owners()).toBe(before)
  } finally {
    await machine.script('rm -rf /home/ann/.config /home/ann/second')
  }
})

test('the check-up: daemon.json is mended and taken anew for an ordinary account, and undone', async () => {
  await sudoers('ann ALL=(root) NOPASSWD: ALL')
  const well = await machine.script('cat /etc/docker/daemon.json')
  const set = (text: string) => machine.script(`printf '%s\\n' '${text}' > /etc/docker/daemon.json`)
  try {
    await set('{ "debug": false, }')
    await repaired('docker.daemon-json-broken')
    expect(await machine.script('cat /etc/docker/daemon.json')).toBe('{ "debug": false }\n')
    await undoneAgain()
    expect(await machine.script('cat /etc/docker/daemon.json')).toBe('{ "debug": false, }\n')
    // Somebody has written it and not told the engine.
    await set(`{ "registry-mirrors": ["${MIRROR}"] }`)
    await machine.script('chmod 666 /var/run/docker.sock')
    expect(await mirrors()).toBe('[]\n')
    await repaired('docker.mirrors-not-loaded')
    expect(await mirrors()).toContain(MIRROR)
  } finally {
    // An empty list is forgotten by a reload, one that is not there is kept.
    await set('{ "registry-mirrors": [] }')
    await machine.script('chmod 660 /var/run/docker.sock; kill -HUP $(cat /var/run/docker.pid)')
    await eventually('the daemon forgets', async () => (await mirrors()) === '[]\n')
    await set(well.trim())
  }
})

test('the helper itself: no arguments, no account but root, no word that it does not know', async () => {
  const before = await tree()
  expect((await machine.feed([...HELPER, '--home', '/home/ann'], '')).code).toBe(2)
  expect((await machine.feed(['setpriv', '--reuid', '4242', '--clear-groups', '--', ...HELPER], '')).code).toBe(2)
  const evil = ['{"op":"apply","run":"../../x"}', '\0', '{"op":"run","argv":["sh"]}']
  for (const line of evil) {
    const said = documents(await machine.feed(HELPER, `${line}\n`))
    expect(said, line).toMatchObject([{ t: 'ready' }, { t: 'failed', error: { code: 'bad-request' } }])
  }
  expect(documents(await machine.feed(HELPER, ''))).toEqual([{ t: 'ready' }])
  expect(await tree()).toBe(before)
})
