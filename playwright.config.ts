import { defineConfig } from '@playwright/test'

/** Two runs side by side, each with a screen of its own, must not clear each other's results. */
const lane = process.env['GOREADY_LANE'] ?? ''

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: `test-results/playwright${lane}`,
  workers: 1,
  timeout: 60_000,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ['json', { outputFile: `test-results/playwright${lane}.json` }]],
})
