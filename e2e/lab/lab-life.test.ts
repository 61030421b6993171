import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { build } from 'vite'
import { sweepAbandoned } from './abandoned.ts'
import { projectRoot } from './cache.ts'
import { startLab } from './lab.ts'
import { leftovers } from './leftovers.ts'
import { setMirrors } from './mirrors.ts'
import { must, run } from './process.ts'

const bundle = join(projectRoot(), 'out', `lab-test-${process.pid}`)

beforeAll(async () => {
  const input = join(projectRoot(), 'e2e/lab/main.ts')
  await build({ configFile: false, logLevel: 'error', publicDir: false, build: { ssr: input, outDir: bundle } })
})

afterAll(() => rm(bundle, { recursive: true, force: true }))

/** `lab up` as a process of its own, up when this returns. */
async function labUp(): Promise<{ child: ChildProcess; dir: string; bridge: string; dockerHost: string }> {
  const child = spawn(process.execPath, [join(bundle, 'main.js'), 'up'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const { dir, bridge, dockerHost } = JSON.parse(line)
    return { child, dir, bridge, dockerHost }
  }
  throw new Error(`lab up ended: ${said}`)
}

test('the engine can be stopped and started, refuses a broken daemon.json, and denies other users', async () => {
  const lab = await startLab({ start: false })
  try {
    expect(lab.dockerRunning()).toBe(false)
    await writeFile(lab.daemonJson, '{"registry-mirrors": [')
    await expect(lab.startDocker()).rejects.toThrow('unable to configure the Docker daemon')
    await writeFile(lab.daemonJson, '{}')
    await lab.startDocker()
    expect(await lab.docker('info', '--format', '{{.ServerVersion}}')).toMatch(/^\d+\./)
    const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const
    const denied = await run([...asNobody, 'docker', '-H', lab.dockerHost, 'ps'], { env: { PATH: process.env.PATH } })
    expect(denied.stderr).toContain('permission denied')
    await lab.stopDocker()
    await expect(lab.docker('ps')).rejects.toThrow('Cannot connect')
  } finally {
    await lab.stop()
  }
  expect(await lab.leftovers()).toEqual([])
})

test('two labs at once, one with a small disk that fills up', async () => {
  const [lab, small] = await Promise.all([startLab(), startLab({ dataMegabytes: 80, hub: true })])
  try {
    expect(small.bridge.name).not.toBe(lab.bridge.name)
    await setMirrors(small, [small.registry.url])
    await expect(small.docker('pull', 'golang:1.26-alpine')).rejects.toThrow('no space left on device')
    await expect(lab.docker('pull', 'golang:1.26-alpine')).rejects.toThrow('connection refused')
  } finally {
    await Promise.all([lab.stop(), small.stop()])
  }
  expect([...(await lab.leftovers()), ...(await small.leftovers())]).toEqual([])
})

test('Ctrl-C leaves nothing, not even a container that ignores signals', async () => {
  const { child, dir, bridge, dockerHost } = await labUp()
  const client = ['docker', '--config', join(dir, 'client'), '-H', dockerHost] as const
  await must(['tar', '-C', '/usr/bin', '-cf', join(dir, 'busybox.tar'), 'busybox'])
  await must([...client, 'import', join(dir, 'busybox.tar'), 'deaf'])
  await must([
    ...client,
    'run',
    '--detach',
    'deaf',
    '/busybox',
    'sh',
    '-c',
    'trap "" TERM; while :; do /busybox sleep 1; done',
  ])
  expect((await leftovers({ dir, bridge })).filter((line) => line.startsWith('process ')).length).toBeGreaterThan(3)
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await leftovers({ dir, bridge })).toEqual([])
})

test('a start that fails, and one that Ctrl-C ends, leave nothing', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'grl-test-'))
  const env = { ...process.env, TMPDIR: temporary }
  try {
    const interrupted = spawn(process.execPath, [join(bundle, 'main.js'), 'up'], { env, stdio: 'ignore' })
    const first = await ownerIn(temporary)
    interrupted.kill('SIGINT')
    expect(await once(interrupted, 'exit')).toEqual([130, null])
    expect(await leftovers(first)).toEqual([])

    vi.stubEnv('TMPDIR', temporary)
    const failing = startLab({ daemonJson: '{"no-such-key": 1}' })
    const second = ownerIn(temporary)
    await expect(failing).rejects.toThrow('no-such-key')
    expect(await leftovers(await second)).toEqual([])
    expect(await readdir(temporary)).toEqual([])
  } finally {
    vi.unstubAllEnvs()
    await rm(temporary, { recursive: true, force: true })
  }
})

/** The lab that starts in an empty temporary folder, as soon as it has a bridge. */
async function ownerIn(temporary: string): Promise<{ dir: string; bridge: string }> {
  for (let left = 4000; left > 0; left--) {
    for (const name of await readdir(temporary)) {
      const text = await readFile(join(temporary, name, 'owner.json'), 'utf8').catch(() => '')
      const bridge = /"bridge":"(\w+)"/.exec(text)?.[1]
      if (bridge !== undefined) return { dir: join(temporary, name), bridge }
    }
    await sleep(5)
  }
  throw new Error(`no lab in ${temporary}`)
}

test('what a killed lab leaves ends by itself or is swept by the next start', async () => {
  const { child, dir, bridge } = await labUp()
  child.kill('SIGKILL')
  await once(child, 'exit')
  let rest = await leftovers({ dir, bridge })
  for (let left = 200; left > 0 && rest.some((line) => line.startsWith('process ')); left--) {
    await sleep(50)
    rest = await leftovers({ dir, bridge })
  }
  expect(rest.filter((line) => line.startsWith('process '))).toEqual([])
  await sweepAbandoned()
  expect(await leftovers({ dir, bridge })).toEqual([])
})

test('a missing program is named together with the package that brings it', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'grl-test-'))
  try {
    vi.stubEnv('PATH', empty)
    await expect(startLab()).rejects.toThrow(/docker-registry.*apt-get install .*docker-registry/)
  } finally {
    vi.unstubAllEnvs()
    await rm(empty, { recursive: true })
  }
})
