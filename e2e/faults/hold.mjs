// Usage: node --require ./thread.cjs --import ./hold.mjs out/node/cli.js … — says the number of the thread that works
// on files on descriptor 3 and waits until strace is attached to it, before a lock or a record of GoReady's is opened:
// under strace every call costs, and what comes before that is only looking.
import { readFileSync, promises, writeSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const thread = globalThis.fileThread
const nap = new Int32Array(new SharedArrayBuffer(4))
const attached = () => !/^TracerPid:\t0$/m.test(readFileSync(`/proc/self/task/${thread}/status`, 'utf8'))

let held = false
const hold = (path) => {
  if (held || !String(path).includes('/.local')) return
  held = true
  writeSync(3, `${thread}\n`)
  while (!attached()) Atomics.wait(nap, 0, 0, 1)
}

const { open, mkdir } = promises
promises.open = (path, ...rest) => {
  hold(path)
  return open(path, ...rest)
}
promises.mkdir = (path, ...rest) => {
  hold(path)
  return mkdir(path, ...rest)
}
syncBuiltinESMExports()
