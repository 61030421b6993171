import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeRepository, packagesOf } from './install/repository.ts'
import { projectRoot } from './lab/cache.ts'
import { type Result, run } from './lab/process.ts'

// Docker's installation with a real apt, dpkg and dockerd, on a machine that lives in a folder.
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'goready-install-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const FLAGS = '--bridge=none --iptables=false --ip6tables=false --storage-driver=vfs'
const INSTALLER = join(projectRoot(), 'out/node/install.js')

/** Runs one command on the machine; whatever it leaves running ends with it. */
function on(argv: readonly string[]): Promise<Result> {
  const machine = ['sh', join(projectRoot(), 'e2e/install/machine.sh'), folder, join(folder, 'repository'), ...argv]
  const own = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--net', '--']
  return run(['unshare', ...own, ...machine], { timeout: 180_000 })
}
const script = (text: string): Promise<Result> => on(['sh', '-ec', text])
const documents = ({ stdout }: Result): readonly Record<string, unknown>[] =>
  stdout.split('\n').flatMap((line): Record<string, unknown>[] => (line.startsWith('{') ? [JSON.parse(line)] : []))

const STATE =
  "dpkg-query -W -f '${Package} ${db:Status-Status}\\n' 2>/dev/null || true; apt-mark showmanual; grep ann /etc/group"
const state = async (): Promise<string> => (await script(STATE)).stdout
const node = (...args: readonly string[]): string => [process.execPath, INSTALLER, ...args].join(' ')

test('shown first, installed, started, joined, and undone to the last package', async () => {
  await makeRepository(join(folder, 'repository'), packagesOf(FLAGS))
  await script('apt-get update')
  const before = await state()
  const help = documents(await script(node('help')))[0]
  expect(help).toMatchObject({
    kind: 'plan',
    possible: true,
    steps: [
      { key: 'plan:presence.package-with', values: { name: 'docker.io', count: 3 } },
      { key: 'plan:presence.service-boot' },
      { key: 'plan:presence.group', values: { user: 'ann' } },
    ],
    commands: ['apt-get update', 'apt-get install -y docker.io', 'service docker start', 'usermod -aG docker ann'],
  })
  expect(await state()).toBe(before)

  // The daemon lives only as long as the command does, so all is asked in one.
  const applied = await script(`${node('apply')}; docker version --format 'engine {{.Server.Version}}'; ${STATE}`)
  expect(documents(applied).at(-1), applied.stdout + applied.stderr).toMatchObject({
    type: 'done',
    result: { changed: true },
  })
  expect(applied.stdout).toMatch(/^engine \d+/m)
  expect(applied.stdout).toMatch(/^docker\.io installed$[^]*^git installed$/m)
  expect(applied.stdout).toMatch(/^docker:.*:ann$/m)

  const undone = documents(await script(node('undo'))).at(-1)
  expect(undone).toMatchObject({ type: 'done', result: { restored: ['docker: ann', 'docker.io'], kept: [] } })
  expect(await state()).toBe(before)
  expect((await script('ls /etc/init.d/docker /etc/containerd-of-the-test.conf /var/lib/docker')).stdout).toBe('')
})

test('a service that does not start: its own words, and everything as before', async () => {
  await makeRepository(join(folder, 'repository'), packagesOf('--no-such-flag'))
  await script('apt-get update')
  const before = await state()
  const outcome = await script(node('apply'))
  const error = documents(outcome).at(-1)
  expect(error).toMatchObject({
    type: 'failed',
    error: { code: 'setting-not-effective', cause: expect.stringContaining('unknown flag: --no-such-flag') },
  })
  expect(error).not.toHaveProperty('error.remaining')
  expect(await state()).toBe(before)
  expect(readFileSync(join(folder, 'upper/etc/group'), 'utf8')).not.toMatch(/^docker:.*ann/m)
})

test('images and what was asked for since stay; killed in the middle, it is still taken back', async () => {
  await makeRepository(join(folder, 'repository'), packagesOf(FLAGS))
  await script('apt-get update')
  const before = await state()
  await script(`${node('apply')}; docker volume create mine; apt-get install -y editor`)
  const undone = documents(await script(node('undo'))).at(-1)
  expect(undone).toMatchObject({ type: 'done', result: { kept: ['/var/lib/docker'] } })
  const after = await state()
  expect(after).toContain('docker.io config-files')
  expect(after).toContain('git installed')
  expect(after).not.toMatch(/runc|containerd/)
  expect((await script('ls /var/lib/docker/volumes')).stdout).toContain('mine')

  // What a removed package leaves behind is not taken for a Docker that only has to be started.
  expect(documents(await script(node('help')))[0]).toMatchObject({
    steps: [
      { key: 'plan:presence.package-with' },
      { key: 'plan:presence.service-boot' },
      { key: 'plan:presence.group' },
    ],
  })
  await script('apt-get purge -y docker.io editor git; rm -rf /var/lib/docker')
  await script(
    'mv /usr/bin/dpkg /usr/bin/dpkg.real; printf \'#!/bin/sh\\ncase "$*" in *--configure*) kill -9 $(pgrep -f install.js) $PPID; sleep 9;; esac\\nexec /usr/bin/dpkg.real "$@"\\n\' > /usr/bin/dpkg; chmod +x /usr/bin/dpkg',
  )
  await script(node('apply'))
  await script('mv /usr/bin/dpkg.real /usr/bin/dpkg')
  expect(await state()).toContain('docker.io unpacked')
  expect((await script(node('settle'))).stdout).toContain('settled.after')
  expect(documents(await script(node('undo'))).at(-1)).toMatchObject({
    type: 'done',
    result: { restored: ['docker.io'] },
  })
  expect(await state()).toBe(before)
})

test('an ordinary account: one helper with rights installs, starts and joins, and takes all of it back', async () => {
  await makeRepository(join(folder, 'repository'), packagesOf(FLAGS))
  // The account may be unable to enter the checkout (one below /root) or to reach this Node.
  const account = `mkdir -p /checkout /home/ann; mount --bind ${projectRoot()} /checkout
    : > /usr/local/bin/goready-node; mount --bind ${process.execPath} /usr/local/bin/goready-node`
  const rights = `echo 'ann:*:19000::::::' >> /etc/shadow
    echo 'ann ALL=(root) NOPASSWD: ALL' > /etc/sudoers.d/ann`
  const ann = (what: string): string =>
    `setpriv --reuid 4242 --regid 4242 --clear-groups env -i HOME=/home/ann USER=ann PATH=/usr/bin:/bin \
    /usr/local/bin/goready-node /checkout/out/node/install.js ${what}`
  await script(`apt-get update; ${rights}; mkdir -p /home/ann; chown 4242:4242 /home/ann`)
  const before = await state()
  const applied = await script(`${account}; ${ann('apply')}; docker version --format 'engine {{.Server.Version}}'`)
  const told = documents(applied)
  expect(told[0]).toMatchObject({ kind: 'plan', possible: true })
  expect(told.filter((one) => one['step'] === 'rights' && one['state'] === 'running')).toHaveLength(1)
  expect(told.at(-1), applied.stdout + applied.stderr).toMatchObject({ type: 'done', result: { changed: true } })
  expect(applied.stdout).toMatch(/^engine \d+/m)
  expect(readFileSync(join(folder, 'upper/etc/group'), 'utf8')).toMatch(/^docker:.*:ann$/m)
  const undone = documents(await script(`${account}; ${ann('undo')}`)).at(-1)
  expect(undone).toMatchObject({ type: 'done', result: { restored: ['docker: ann', 'docker.io'], kept: [] } })
  expect(await state()).toBe(before)
})
