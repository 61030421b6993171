// What the scripts share. Plain Node, no packages: it runs before node_modules exists. Not a command.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const cache = join(root, '.cache')

/** Whether this file is the command that was started (and not imported). */
export const isCommand = (url) => process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href

export const say = (line) => process.stderr.write(`${line}\n`)

/** A failure that is said in one line, without a stack. */
export class Stop extends Error {}

/** Runs a command's main function; a Stop is said calmly, anything else with its stack. */
export async function main(body) {
  try {
    process.exitCode = (await body(process.argv.slice(2))) ?? 0
  } catch (error) {
    say(error instanceof Stop ? error.message : (error?.stack ?? String(error)))
    process.exitCode = 1
  }
}

/** Starts a program by its argument list on this terminal; answers its exit status (128 + n after a signal). */
export function run(argv, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { cwd: root, stdio: 'inherit', ...options })
    // Ctrl-C reaches the child through the terminal; we wait for it to clean up.
    const ignore = () => {}
    const pass = () => child.kill('SIGTERM')
    process.on('SIGINT', ignore)
    process.on('SIGTERM', pass)
    const settle = () => {
      process.off('SIGINT', ignore)
      process.off('SIGTERM', pass)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code, signal) => {
      settle()
      resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15))
    })
  })
}

/** Starts a program and collects what it says. Answers `{ code, output }`; a missing program has code null. */
export function capture(argv, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    const parts = []
    child.stdout.on('data', (part) => parts.push(part))
    child.stderr.on('data', (part) => parts.push(part))
    child.on('error', (error) => resolve({ code: null, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString('utf8') }))
  })
}

/** Shows that something longer is under way: a running clock on a terminal, else a line now and then. */
export async function progress(label, work) {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  const terminal = process.stderr.isTTY === true
  if (!terminal) say(`${label} …`)
  const timer = setInterval(
    () => (terminal ? process.stderr.write(`\r${label} … ${seconds()} s `) : say(`${label} … ${seconds()} s`)),
    terminal ? 500 : 20_000,
  )
  try {
    return await work()
  } finally {
    clearInterval(timer)
    if (terminal) process.stderr.write(`\r${label} … ${seconds()} s\n`)
  }
}

/** The text of a small file, or null. */
export const readText = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null)

/** Writes a small file in one step. */
export async function writeText(path, text) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.${process.pid}`, text)
  await rename(`${path}.${process.pid}`, path)
}

/** A tool of node_modules as an argument list for this very Node. */
export const tool = (path, ...args) => [process.execPath, join(root, 'node_modules', path), ...args]
export const tools = {
  biome: '@biomejs/biome/bin/biome',
  oxlint: 'oxlint/bin/oxlint',
  tsc: 'typescript/bin/tsc',
  vitest: 'vitest/vitest.mjs',
  playwright: '@playwright/test/cli.js',
  vite: 'vite/bin/vite.js',
  electronVite: 'electron-vite/bin/electron-vite.js',
  electronBuilder: 'electron-builder/cli.js',
}
