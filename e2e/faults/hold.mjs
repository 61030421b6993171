// Usage: node --require ./thread.cjs --import ./hold.mjs out/node/cli.js … — says the number of the thread that works
// on files on descriptor 3 and waits, its packages loaded, until strace is attached to it.
import { readFileSync, writeSync } from 'node:fs'

/** The packages that the command line imports, over its chunks: looked up here, they cost nothing under strace. */
function packagesOf(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(new URL(file, new URL('../../out/node/', import.meta.url)), 'utf8')
  for (const [, name] of text.matchAll(/^import\b[^"';]*["']([^"']+)["'];?$/gm)) {
    if (name.startsWith('./')) packagesOf(name.slice(2), seen)
    else if (!name.startsWith('node:')) seen.add(`package ${name}`)
  }
  return seen
}

const thread = globalThis.fileThread
// A program's text within a string names packages as well.
for (const name of packagesOf('cli.js')) if (name.startsWith('package ')) await import(name.slice(8)).catch(() => {})
writeSync(3, `${thread}\n`)
const nap = new Int32Array(new SharedArrayBuffer(4))
const attached = () => !/^TracerPid:\t0$/m.test(readFileSync(`/proc/self/task/${thread}/status`, 'utf8'))
while (!attached()) Atomics.wait(nap, 0, 0, 1)
