// Usage: node scripts/build.mjs [window] [node] — builds what changed since the last build (default: both).
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Stop, cache, capture, isCommand, main, progress, readText, root, tool, tools, writeText } from './lib.mjs'
import { installModules } from './modules.mjs'

const COMMON = ['electron', 'package.json', 'package-lock.json', 'tsconfig.json']
const PARTS = {
  window: {
    sources: [...COMMON, 'renderer', 'electron.vite.config.ts'],
    results: ['out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html'],
    command: tool(tools.electronVite, 'build', '--logLevel', 'warn'),
  },
  node: {
    sources: [
      ...COMMON,
      'renderer/i18n',
      'e2e/lab',
      'e2e/install',
      'e2e/demo.ts',
      'e2e/race-bench.ts',
      'e2e/fleet',
      'e2e/fleet-bench.ts',
      'vite.node.config.ts',
    ],
    results: [],
    command: tool(tools.vite, 'build', '--config', 'vite.node.config.ts', '--logLevel', 'warn'),
  },
}

/** Every source file below `paths`, without the tests, in a stable order. */
function sourceFiles(paths) {
  const files = []
  const visit = (path) => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false })
    if (stat === undefined) return
    if (stat.isFile()) files.push({ path, mark: `${path} ${stat.size} ${stat.mtimeMs}` })
    else
      for (const name of readdirSync(join(root, path)).sort())
        if (!/\.(test|spec)\./.test(name)) visit(`${path}/${name}`)
  }
  for (const path of paths) visit(path)
  return files
}

const digest = (parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\0')
  return hash.digest('hex')
}

/** Builds the parts whose sources changed. Milliseconds when none did. */
export async function build(names = ['window', 'node']) {
  for (const name of names) if (!(await upToDate(name))) await locked(() => buildPart(name))
}

const stampOf = (name) => join(cache, `build-${name}.json`)

async function upToDate(name) {
  const part = PARTS[name]
  const stampText = readText(stampOf(name))
  if (stampText === null || part.results.some((path) => !existsSync(join(root, path)))) return false
  const stamp = JSON.parse(stampText)
  const files = sourceFiles(part.sources)
  const marks = digest(files.map(({ mark }) => mark))
  if (stamp.marks === marks) return true
  // Touched (a checkout, a formatter) is not changed.
  if (stamp.content !== contentOf(files)) return false
  await writeText(stampOf(name), JSON.stringify({ ...stamp, marks }))
  return true
}

const contentOf = (files) => digest(files.flatMap(({ path }) => [path, readFileSync(join(root, path))]))

async function buildPart(name) {
  if (await upToDate(name)) return
  const part = PARTS[name]
  // Taken before the build: what changes meanwhile is built next time.
  const files = sourceFiles(part.sources)
  const stamp = { marks: digest(files.map(({ mark }) => mark)), content: contentOf(files) }
  await rm(stampOf(name), { force: true })
  const { code, output } = await progress(`Building (${name})`, () =>
    capture(part.command, { env: { ...process.env, NO_COLOR: '1' } }),
  )
  if (code !== 0) throw new Stop(`${output.trim()}\nThe build failed.`)
  await writeText(stampOf(name), JSON.stringify(stamp))
}

/** Runs `body` alone: one build at a time. The lock of a process that is gone is taken over. */
export async function locked(body) {
  const path = join(cache, 'build.lock')
  await mkdir(cache, { recursive: true })
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owner = Number(readText(path) ?? '')
    if (owner > 0 && !isAlive(owner)) await rm(path, { force: true })
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
  try {
    await body()
  } finally {
    await rm(path, { force: true })
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

if (isCommand(import.meta.url))
  await main(async (names) => {
    const unknown = names.find((name) => !(name in PARTS))
    if (unknown !== undefined) throw new Stop('Usage: node scripts/build.mjs [window] [node]')
    await installModules()
    await build(names.length > 0 ? names : undefined)
  })
