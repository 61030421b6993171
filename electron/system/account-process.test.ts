import { describe, expect, test } from 'vitest'
import { type AccountChild, type ChildEnd, runAs } from './account-process.ts'

const NOBODY = 65_534

async function run(script: string, how: Partial<AccountChild> = {}): Promise<ChildEnd & { lines: string[] }> {
  const lines: string[] = []
  const end = await runAs(['/bin/sh', '-c', script], {
    uid: NOBODY,
    gid: NOBODY,
    groups: [NOBODY],
    env: { PATH: '/usr/bin:/bin', WORD: 'only this' },
    input: 'job\n',
    signal: new AbortController().signal,
    first: 20_000,
    limit: 20_000,
    onLine: (line) => lines.push(line),
    ...how,
  })
  return { ...end, lines }
}

// Only root becomes another account.
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a child of another account', () => {
  test('it has its job, its own environment and numbers, and nothing of root’s', async () => {
    const end = await run('read job; echo "$job $WORD $HOME"; pwd; id -u; id -G; echo bad >&2; exit 3')
    expect(end).toEqual({
      ...{ how: 'ended', code: 3, stderr: 'bad\n' },
      lines: ['job only this ', '/', `${NOBODY}`, `${NOBODY}`],
    })
  })

  test('one that says nothing is left, and nothing that it started is', async () => {
    const end = await run('trap "" TERM; sleep 300 & wait; wait', { first: 300 })
    expect(end).toMatchObject({ how: 'silent', code: null })
  })

  test('nobody waits for what has left its session and holds its output open', async () => {
    const began = performance.now()
    const end = await run('setsid sleep 15 & sleep 0.5; echo done')
    expect(end).toMatchObject({ how: 'ended', code: 0, lines: ['done'] })
    expect(performance.now() - began).toBeLessThan(12_000)
  })

  test('one that takes too long may still give back what it has begun', async () => {
    const end = await run('trap "echo back; exit 1" TERM; echo begun; sleep 300 & wait', { limit: 500 })
    expect(end).toMatchObject({ how: 'late', code: 1, lines: ['begun', 'back'] })
  })

  test('a command that is called off ends it as well, at the latest after its grace', async () => {
    const stop = new AbortController()
    const script = 'trap "" TERM; echo begun; while :; do sleep 1; done'
    const onLine = (): void => stop.abort()
    const began = performance.now()
    expect(await run(script, { signal: stop.signal, grace: 300, onLine })).toMatchObject({ how: 'cancelled' })
    expect(performance.now() - began).toBeLessThan(15_000)
  })

  test('one that does not stop talking is stopped, and is not kept in memory', async () => {
    const before = process.memoryUsage().rss
    const end = await run("trap '' PIPE; head -c 200000000 /dev/zero", { grace: 300 })
    expect(end.how).toBe('late')
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000)
  })

  test('what cannot be started says so', async () => {
    const options = { uid: NOBODY, gid: NOBODY, groups: [], env: {}, input: '', first: 5000, limit: 5000 }
    const signal = new AbortController().signal
    const end = await runAs(['/nonexistent/program'], { ...options, signal, onLine: () => {} })
    expect(end.how).toBe('ended')
    expect(end.code).not.toBe(0)
    expect(end.stderr).toContain('/nonexistent/program')
  })
})
