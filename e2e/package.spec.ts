import { expect, test } from '@playwright/test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { InstalledApp } from './pages/installed.ts'

test('the packaged program opens its window for a user without rights, with the sandbox on', async () => {
  // The first run packages.
  test.setTimeout(300_000)
  const app = await InstalledApp.open(['--lang', 'zh-CN'])
  try {
    expect(await app.heading()).toContain('体检')
    expect(await app.ask('document.visibilityState')).toBe('visible')
    expect(await app.ask('location.origin')).toBe('app://goready')
    expect(await app.ask('typeof window.goready.request + typeof window.require')).toBe('functionundefined')
    // The main process answers: its packages are all there.
    await expect.poll(() => app.ask("document.querySelector('.verdict')?.dataset.state")).toMatch(/^(ok|warning)$/)
    mkdirSync('test-results', { recursive: true })
    writeFileSync('test-results/packaged.png', await app.screenshot())

    const all = app.processes()
    const browser = all.find(({ kind }) => kind === 'browser')
    const renderers = all.filter(({ kind }) => kind === 'renderer')
    expect(
      all.flatMap(({ argv }) => argv).filter((argument) => /^--(no-sandbox|disable-.*sandbox)/.test(argument)),
    ).toEqual([])
    expect(renderers.length).toBeGreaterThan(0)
    for (const { pidNamespace, seccomp } of renderers) {
      // By namespaces or by the helper, it sees no other process; 2: a filter decides about every system call.
      expect(seccomp).toBe(2)
      expect(pidNamespace).not.toBe(browser?.pidNamespace)
    }
    expect(await app.end()).toBe(0)
    expect(app.said()).toBe('')
  } finally {
    await app.close()
  }
})
