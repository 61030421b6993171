// Usage: node --require ./thread.cjs --import ./hold.mjs … — finds the thread that does all work on files
// (UV_THREADPOOL_SIZE=1): it is the one that the first asynchronous call starts, and nothing has made one yet.
const { readdirSync, stat } = require('node:fs')

const before = new Set(readdirSync('/proc/self/task'))
stat('/', () => {})
do globalThis.fileThread = readdirSync('/proc/self/task').find((task) => !before.has(task))
while (globalThis.fileThread === undefined)
