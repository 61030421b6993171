import { once } from 'node:events'
import { imageStore } from './images/store.ts'
import { type Lab, startLab } from './lab.ts'
import { LabError } from './process.ts'
import { checkRequirements } from './requirements.ts'

const USAGE = `usage: lab up       start the lab, print its addresses, run until Ctrl-C
       lab images   build the image store only
`

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** What a shell or a test needs to reach the lab; the first line of standard output, as JSON. */
function addresses(lab: Lab): Record<string, string> {
  return {
    dir: lab.dir,
    root: lab.root,
    home: lab.home,
    bridge: lab.bridge.name,
    bridgeAddress: lab.bridge.address,
    dockerHost: lab.dockerHost,
    daemonJson: lab.daemonJson,
    registry: lab.registry.url,
    registryHttps: lab.registry.httpsUrl,
    goproxy: lab.goproxy.url,
    goproxyHttps: lab.goproxy.httpsUrl,
    sumdb: lab.goproxy.sumdb,
    ca: lab.ca,
    catalogue: lab.catalogue,
  }
}

async function up(): Promise<number> {
  const interruption = new AbortController()
  const { signal } = interruption
  const interrupt = (): void => interruption.abort()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt)
  // Without a reader (a closed pipe) there is nobody to tell, but still much to stop.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt)
  const lab = await startLab({ progress: say, signal }).catch((error: unknown) => {
    if (signal.aborted) return null
    throw error
  })
  if (lab === null) return 130
  try {
    process.stdout.write(`${JSON.stringify(addresses(lab))}\n`)
    say(`The lab is up. Stop it with Ctrl-C.`)
    for (const [name, value] of Object.entries(addresses(lab))) say(`  ${name.padEnd(14)} ${value}`)
    // A promise alone does not keep Node alive; the servers do.
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await lab.stop()
  }
  const rest = await lab.leftovers()
  for (const line of rest) say(`left behind: ${line}`)
  return rest.length === 0 ? 0 : 1
}

async function images(): Promise<number> {
  await checkRequirements()
  const started = Date.now()
  const { store, tags } = await imageStore(say)
  say(`${tags.length} tags in ${store} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return 0
}

async function main([command, ...rest]: readonly string[]): Promise<number> {
  if (rest.length === 0 && command === 'up') return up()
  if (rest.length === 0 && command === 'images') return images()
  process.stderr.write(USAGE)
  return 2
}

try {
  process.exitCode = await main(process.argv.slice(process.argv[2] === 'lab' ? 3 : 2))
} catch (error) {
  say(error instanceof LabError ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
