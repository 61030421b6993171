// Speaks Chromium's own protocol over the pipe of `--remote-debugging-pipe`: works where Node's inspector is fused off. Not a command.

/** What `spawn` needs so that the pipe is there: the program reads from 3 and writes to 4. */
export const PIPED = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe']

/** A started program as something that can be asked. `child` was spawned with PIPED and `--remote-debugging-pipe`. */
export function devtools(child) {
  const [, , , input, output] = child.stdio
  const waiting = new Map()
  let last = 0
  let rest = ''
  let attached = () => {}
  const page = new Promise((resolve) => {
    attached = resolve
  })
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve, reject })
      input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    })
  const hear = (message) => {
    if (message.method === 'Target.attachedToTarget' && message.params.targetInfo.type === 'page')
      attached(message.params.sessionId)
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.error) asked?.reject(new Error(message.error.message))
    else asked?.resolve(message.result)
  }
  input.on('error', () => {})
  output.setEncoding('utf8')
  output.on('data', (text) => {
    const parts = (rest + text).split('\0')
    rest = parts.pop() ?? ''
    for (const part of parts) hear(JSON.parse(part))
  })
  child.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the program has ended'))
  })
  // Rejected only when the program ends at once; whoever waits for the page sees that.
  send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }).catch(() => {})

  /** The value of an expression (awaited) in the page; again while a navigation throws it away. */
  const evaluate = async (expression, timeout = 30_000) => {
    const sessionId = await page
    const end = Date.now() + timeout
    for (;;)
      try {
        const asked = { expression, awaitPromise: true, returnByValue: true }
        const { result, exceptionDetails } = await send('Runtime.evaluate', asked, sessionId)
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
        return result.value
      } catch (error) {
        if (!/context|navigat|destroyed/i.test(error.message) || Date.now() > end) throw error
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
  }
  return {
    evaluate,
    reload: async () => send('Page.reload', {}, await page),
    screenshot: async () =>
      Buffer.from((await send('Page.captureScreenshot', { format: 'png' }, await page)).data, 'base64'),
  }
}
