import { existsSync } from 'node:fs'
import { defineConfig } from 'vite'

// What runs under plain Node: the command line, the lab, the demonstration and two benches. Packages
// stay outside the bundle.
const entries = {
  cli: 'electron/cli.ts',
  elevated: 'electron/elevated.ts',
  lab: 'e2e/lab/main.ts',
  demo: 'e2e/demo.ts',
  install: 'e2e/install/main.ts',
  race: 'e2e/race-bench.ts',
  fleet: 'e2e/fleet-bench.ts',
}

export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20.19',
    outDir: 'out/node',
    minify: false,
    emptyOutDir: true,
    rollupOptions: {
      input: Object.fromEntries(Object.entries(entries).filter(([, path]) => existsSync(path))),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
    },
  },
})
