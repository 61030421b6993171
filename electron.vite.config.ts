import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

// The window's three parts. What runs under plain Node is built by vite.node.config.ts.
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      minify: false,
      rollupOptions: {
        input: { main: 'electron/main.ts' },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      minify: false,
      rollupOptions: {
        input: { preload: 'electron/preload.ts' },
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    // Filled in for each load by the page's own server.
    html: { cspNonce: '%NONCE%' },
    build: {
      outDir: 'out/renderer',
      // An inlined asset would be a data: address, which the policy refuses for all but images.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { index: 'renderer/index.html' } },
    },
  },
})
