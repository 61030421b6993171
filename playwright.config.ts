import { defineConfig } from '@playwright/test'

/** Two runs side by side, each with a screen of its own, must not clear each other's results. */
const lane = process.env['GOREADY_LANE'] ?? ''
/** The second run's: about half of the time that all take. */
const SECOND = /wizard(-(classroom|look|sources|faults|profile|environment|why)[a-z-]*)?\.spec\.ts$/

export default defineConfig({
  testDir: 'e2e',
  testMatch: lane === '-2' ? SECOND : '**/*.spec.ts',
  testIgnore: lane === '-1' ? SECOND : [],
  outputDir: `test-results/playwright${lane}`,
  workers: 1,
  timeout: 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['json', { outputFile: `test-results/playwright${lane}.json` }]],
})
