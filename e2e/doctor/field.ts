import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { locked } from '../../scripts/build.mjs'
import { PLAIN_PATH } from '../../electron/settings/find-program.ts'
import { useMirrors } from '../docker-helpers.ts'
import { projectRoot } from '../lab/cache.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { newGo } from '../lab/new-go.ts'
import { type NpmRegistry, startNpmRegistry } from '../lab/npm-registry.ts'
import { must, run } from '../lab/process.ts'
import { type PythonIndex, startPythonIndex } from '../lab/python-index.ts'

/** What all grounds of one file stand on: real servers, an engine that uses them, and the command line as it was built. */
export type Field = {
  lab: Lab
  npm: NpmRegistry
  pip: PythonIndex
  /** The command line: a copy, because somebody else's build empties the folder meanwhile. */
  program: string
  /** PATH: a Go that is new enough for a proxy of somebody else's, then the machine's own programs. */
  path: string
  /** For the grounds, away from what a lab looks for when it stops. */
  dir: string
  /** Ends every fault of the servers and puts the engine and its root back to how they were. */
  restore(): Promise<void>
  /** What somebody changed below the engine's root; empty: nothing. */
  strayed(): Promise<string>
  stop(): Promise<void>
}

/** Starts everything. Takes as long as a lab and an npm registry, some five seconds; the first time downloads come before. */
export async function openField(): Promise<Field> {
  const dir = await mkdtemp(join(tmpdir(), 'grd-'))
  await chmod(dir, 0o755)
  const undo: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    const lab = await startLab()
    undo.push(() => lab.stop())
    const certificates = {
      ca: lab.ca,
      certificate: join(lab.dir, 'tls/server.pem'),
      key: join(lab.dir, 'tls/server.key'),
    }
    const { address } = lab.bridge
    const [npm, pip, go, program] = await Promise.all([
      startNpmRegistry(join(dir, 'npm'), address, certificates),
      startPythonIndex(join(dir, 'pip'), address, certificates),
      newGo(),
      copyProgram(join(dir, 'program')),
    ])
    undo.push(async () => void (await Promise.all([npm.stop(), pip.stop()])))
    await Promise.all([
      useMirrors(lab, [lab.registry.url]),
      npm.publish('npm', '11.0.0'),
      npm.publish('left-pad', '1.3.0'),
      pip.publish('pip', '26.0'),
      pip.publish('six', '1.17.0'),
    ])
    const kept = join(dir, 'kept')
    await mkdir(kept)
    await must(['cp', '-a', join(lab.root, 'etc'), kept])
    return {
      ...{ lab, npm, pip, program, dir, path: `${dirname(go)}:${PLAIN_PATH}`, stop },
      async restore() {
        for (const { faults } of [lab.goproxy, lab.registry, npm]) faults.clear()
        await restoreRoot(lab, kept)
        if (!lab.dockerRunning()) await lab.startDocker()
        await useMirrors(lab, [lab.registry.url])
      },
      strayed: () => differences(kept, lab.root),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function copyProgram(folder: string): Promise<string> {
  const root = projectRoot()
  await mkdir(join(folder, 'out'), { recursive: true })
  await locked(() => cp(join(root, 'out/node'), join(folder, 'out/node'), { recursive: true }))
  for (const name of ['assets', 'node_modules', 'package.json']) await symlink(join(root, name), join(folder, name))
  return join(folder, 'out/node/cli.js')
}

async function restoreRoot(lab: Lab, kept: string): Promise<void> {
  if ((await differences(kept, lab.root)) !== '') {
    await rm(join(lab.root, 'etc'), { recursive: true, force: true })
    await must(['cp', '-a', join(kept, 'etc'), lab.root])
  }
  const others = async (folder: string, own: readonly string[]): Promise<void> => {
    for (const name of await readdir(folder)) if (!own.includes(name)) await rm(join(folder, name), { recursive: true })
  }
  await others(lab.root, ['etc', 'run', 'var'])
  await others(join(lab.root, 'var'), ['run'])
}

async function differences(kept: string, root: string): Promise<string> {
  const { stdout, stderr } = await run(['diff', '-r', '-q', join(kept, 'etc'), join(root, 'etc')])
  return stdout + stderr
}
