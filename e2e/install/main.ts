import { dirname, join } from 'node:path'
import { createEngine } from '../../electron/engine.ts'

// Usage: node out/node/install.js help | apply | undo | settle — what the wizard's first page does about Docker,
// without the window; one JSON document a line.
const helper = [process.execPath, join(dirname(process.argv[1] ?? ''), 'elevated.js')] as const
const engine = await createEngine({ home: null, root: null, catalogue: null, helper })
const { signal } = new AbortController()
const say = (value: unknown): void => console.log(JSON.stringify(value))

engine.tasks.subscribe(say)
const follow = async (id: string): Promise<void> => {
  const { state } = await engine.tasks.settled(id)
  process.exitCode = state === 'done' ? 0 : 1
}

const what = process.argv[2]
if (what === 'settle') say(await engine.settle(signal))
else if (what === 'undo') await follow(engine.startUndo(null, 'ask'))
else {
  const help = await engine.dockerHelp(signal)
  say(help)
  if (what === 'apply' && help.kind === 'plan') await follow(engine.startApply(help.planId))
}
