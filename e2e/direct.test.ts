import { execFile } from 'node:child_process'
import { chownSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { errorOf, goready, labProfile, profile, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'

const run = promisify(execFile)
const IMAGE = 'golang:1.26-alpine'
let lab: Lab
beforeAll(async () => {
  lab = await startLab({ daemonJson: '{\n  "max-download-attempts": 1\n}\n' })
})
afterEach(() => lab.registry.faults.clear())
afterAll(async () => {
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

const host = (): string => new URL(lab.registry.url).host
const names = async (): Promise<string[]> =>
  (await lab.docker('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n').filter(Boolean)
const apply = async (changes: Record<string, unknown>, options = {}) =>
  goready(lab, ['apply', '--yes', '--json', '--profile', await profile(lab, labProfile(lab, changes))], options)
/** The manifest's digest as the registry has it, worked out by the registry itself. */
const digest = async (): Promise<string> => {
  const accept =
    'application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.v2+json'
  const answer = await fetch(`${lab.registry.url}/v2/library/golang/manifests/1.26-alpine`, { headers: { accept } })
  return answer.headers.get('docker-content-digest') ?? ''
}

test('direct: by the mirror’s own name, without daemon.json, and with its usual name afterwards', async () => {
  const before = readFileSync(lab.daemonJson)
  const outcome = await apply({ pull: 'direct' })
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  expect(readFileSync(lab.daemonJson)).toEqual(before)
  expect(await names()).toEqual([IMAGE])
  expect(outcome.last).toMatchObject({
    result: {
      image: { reference: IMAGE, pulled: true, digest: await digest() },
      receipt: {
        reference: IMAGE,
        served: { how: 'direct', endpoint: lab.registry.url, proved: true },
        // Docker Hub is out of reach in this lab, and nobody else serves its images.
        second: null,
      },
      verification: { agrees: true, module: { ok: true, served: lab.goproxy.url } },
      choices: expect.arrayContaining([{ key: 'setting:docker.direct', values: expect.anything() }]),
    },
  })
  const pulled = outcome.events.filter((event) => event.type === 'progress' && event.step === 'pull')
  expect(pulled.length).toBeGreaterThan(1)
  expect(new Set(pulled.map((event) => JSON.stringify(event.note)))).toEqual(
    new Set([JSON.stringify({ key: 'image:pull.progress', values: { image: IMAGE } })]),
  )
})

test('the history keeps who served it, and undo leaves the image', async () => {
  const [run] = JSON.parse((await goready(lab, ['history', '--json'])).stdout)
  expect(run).toMatchObject({
    receipt: { digest: await digest(), served: { how: 'direct', endpoint: lab.registry.url } },
    module: { served: lab.goproxy.url },
  })
  expect((await goready(lab, ['history', '--lang', 'zh-CN'])).stdout).toContain(
    `${lab.registry.url}（按它自己的名字下载`,
  )
  expect((await goready(lab, ['undo', '--json'])).code).toBe(0)
  expect(await names()).toEqual([IMAGE])
})

test('a mirror’s own name that was there before stays', async () => {
  await lab.docker('rmi', IMAGE)
  await lab.docker('pull', '-q', `${host()}/library/golang@${await digest()}`)
  const theirs = await lab.docker('images', '--digests', '--format', '{{.Repository}}@{{.Digest}}')
  expect((await apply({ pull: 'direct' })).code).toBe(0)
  expect((await lab.docker('images', '--digests', '--format', '{{.Repository}}@{{.Digest}}')).split('\n')).toContain(
    theirs,
  )
  await lab.docker('rmi', IMAGE, theirs)
})

test('a user who can not write daemon.json gets the image all the same, and is told', async () => {
  const home = join(lab.dir, 'nobody')
  mkdirSync(home)
  chownSync(home, 65_534, 65_534)
  const theirs = { uid: 65_534, home, cwd: home }
  const outcome = await goready(
    lab,
    ['plan', '--json', '--profile', await profile(lab, { image: IMAGE, sources: { docker: [lab.registry.url] } })],
    theirs,
  )
  expect(outcome.code).toBe(3)
  const view = JSON.parse(outcome.stdout)
  expect(view.choices).toContainEqual({
    key: 'setting:docker.directBecause',
    values: { mirrors: lab.registry.url, path: lab.daemonJson },
  })
  expect(view.changes.map(({ kind }: { kind: string }) => kind)).toEqual(['image'])
  const forced = { image: IMAGE, pull: 'mirrors', sources: { docker: [lab.registry.url] } }
  const refused = await goready(lab, ['apply', '--yes', '--json', '--profile', await profile(lab, forced)], theirs)
  // The engine's socket refuses them, too, and that is told before anything is touched.
  expect(errorOf(refused).code).toBe('docker-no-permission')
  const shown = await goready(lab, ['plan', '--json', '--profile', await profile(lab, forced)], theirs)
  expect(JSON.parse(shown.stdout).changes).toContainEqual(expect.objectContaining({ kind: 'file', admin: true }))
})

test('mirrors through the engine: the receipt names the likely one and does not call it proved', async () => {
  const outcome = await apply({ pull: 'mirrors' })
  expect(outcome.last).toMatchObject({
    result: {
      receipt: {
        pulled: true,
        digest: await digest(),
        served: { how: 'mirrors', endpoint: lab.registry.url, proved: false },
      },
    },
  })
  expect((await goready(lab, ['undo'])).code).toBe(0)
  await lab.docker('rmi', IMAGE)
})

test('a mirror without the image is passed over; with none left the cause is told and nothing stays', async () => {
  lab.registry.faults.status(404, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}', /manifests/)
  const outcome = await apply({ pull: 'direct' })
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome).code).toBe('image-not-found')
  expect(await names()).toEqual([])
})

test('a cut in the middle of a direct pull leaves no name behind', async () => {
  lab.registry.faults.cutAfter(400_000, /blobs/)
  const outcome = await apply({ pull: 'direct' })
  expect(outcome.code).toBe(1)
  expect(await names()).toEqual([])
})

test('a private registry: its authority for that host alone, and undo takes it back', async () => {
  const { host } = new URL(lab.registry.httpsUrl)
  const before = tree(join(lab.root, 'etc'))
  const sources = { go: lab.goproxy.url, sumdb: lab.goproxy.sumdb, docker: [lab.registry.httpsUrl] }
  const bare = await apply({ pull: 'direct', sources })
  expect(bare.code).toBe(1)
  expect(tree(join(lab.root, 'etc'))).toEqual(before)
  copyFileSync(lab.ca, join(lab.dir, 'room-ca.pem'))
  const authorities = [{ file: 'room-ca.pem', for: ['docker'] }]
  const outcome = await apply({ pull: 'direct', sources, authorities })
  expect(outcome.stderr).toBe('')
  expect(outcome.code).toBe(0)
  const placed = join(lab.root, 'etc/docker/certs.d', host, 'ca.crt')
  expect(readFileSync(placed)).toEqual(readFileSync(lab.ca))
  expect(outcome.last).toMatchObject({
    result: {
      receipt: { served: { how: 'direct', endpoint: lab.registry.httpsUrl, proved: true } },
      findings: expect.arrayContaining([
        { id: `authority.${host}`, severity: 'ok', note: { key: 'setting:authority.answered', values: { host } } },
      ]),
    },
  })
  expect(lab.registry.log().some(({ scheme, url }) => scheme === 'https' && url.includes('/blobs/'))).toBe(true)
  expect((await goready(lab, ['undo', '--json'])).code).toBe(0)
  expect(tree(join(lab.root, 'etc'))).toEqual(before)
  await lab.docker('rmi', IMAGE)
})

test('the wrong authority is found out by the engine itself, and everything comes back', async () => {
  const before = tree(join(lab.root, 'etc'))
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(lab.dir, 'wrong.key')]
  const openssl = ['req', '-x509', ...key, '-subj', '/CN=wrong', '-days', '9', '-out', join(lab.dir, 'wrong.pem')]
  await run('openssl', openssl)
  const sources = { go: lab.goproxy.url, sumdb: lab.goproxy.sumdb, docker: [lab.registry.httpsUrl] }
  const outcome = await apply({ pull: 'direct', sources, authorities: [{ file: 'wrong.pem', for: ['docker'] }] })
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({
    code: 'setting-not-effective',
    cause: expect.stringMatching(/x509|certificate/),
  })
  expect(tree(join(lab.root, 'etc'))).toEqual(before)
})

test('an authority that nothing could be trusted for is told, not passed over', async () => {
  const file = await profile(lab, { authorities: [{ file: 'room-ca.pem', for: ['docker'] }] })
  const plan = await goready(lab, ['plan', '--json', '--profile', file])
  expect(plan.code).toBe(0)
  expect(plan.last.choices).toMatchObject([{ key: 'setting:authority.noHost' }])
})
