import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'
import { z } from 'zod'

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  ),
})

/** Packages from before 2014 say it as a list, which the lock file leaves out. */
function olderForm(path: string): string {
  const { licenses } = oldSchema.parse(JSON.parse(readFileSync(`${path}/package.json`, 'utf8')))
  return licenses.map(({ type }) => type).join(' OR ')
}
const oldSchema = z.object({ licenses: z.array(z.object({ type: z.string() })) })

/** `licences.json` beside the program: what it is made of, as the lock file knows it. */
const licences = {
  name: 'licences',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): unknown }) {
    const { packages } = lockSchema.parse(JSON.parse(readFileSync('package-lock.json', 'utf8')))
    const found = Object.entries(packages).flatMap(([path, { version = '', license, dev, optional }]) =>
      path === '' || dev === true || optional === true
        ? []
        : [
            {
              name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
              version,
              licence: license ?? olderForm(path),
            },
          ],
    )
    const source = JSON.stringify(found.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    this.emitFile({ type: 'asset', fileName: 'licences.json', source })
  },
}

/** Lets the page's script be fetched and compiled while the frame is drawn; it is executed after that. */
const fetchedAhead: Plugin = {
  name: 'fetched-ahead',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {} }) =>
      Object.values(bundle)
        .flatMap((file) => (file.type === 'chunk' && file.isDynamicEntry && file.name === 'begin' ? [file] : []))
        // What it shares with the parts that are loaded late lies in files of its own.
        .flatMap((file) => [
          file,
          ...file.imports.flatMap((name) => (bundle[name]?.type === 'chunk' ? [bundle[name]] : [])),
        ])
        .flatMap(({ fileName, viteMetadata }) => [
          {
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: '', href: `./${fileName}` },
            injectTo: 'head' as const,
          },
          ...[...(viteMetadata?.importedCss ?? [])].map((href) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'style', crossorigin: '', href: `./${href}` },
            injectTo: 'head' as const,
          })),
        ]),
  },
}

// The window's three parts. What runs under plain Node is built by vite.node.config.ts.
export default defineConfig({
  main: {
    plugins: [licences],
    build: {
      outDir: 'out/main',
      minify: false,
      // One file of each instead of some hundred: the first answer comes sooner.
      externalizeDeps: { exclude: ['diff', 'yaml', 'zod'] },
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
    plugins: [react(), fetchedAhead],
    // Filled in for each load by the page's own server.
    html: { cspNonce: '%NONCE%' },
    build: {
      outDir: 'out/renderer',
      // Half the bytes to read and compile before the first page.
      minify: true,
      cssMinify: true,
      // An inlined asset would be a data: address, which the policy refuses for all but images.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { index: 'renderer/index.html' } },
    },
  },
})
