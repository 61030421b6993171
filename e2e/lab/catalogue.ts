import { writeFile } from 'node:fs/promises'
import type { TagFact } from './images/store.ts'

/** Go releases among the lab's tags. Source: go.dev/doc/devel/release. */
const MINORS = [
  { minor: '1.26', released: '2026-02', ended: null },
  { minor: '1.19', released: '2022-08', ended: '2023-08' },
  { minor: '1.18', released: '2022-03', ended: '2023-02' },
]

/** What a race of the lab's servers can fetch. */
const ARTEFACTS = {
  go: {
    proof: { path: 'github.com/pkg/errors', version: 'v0.9.1' },
    bulk: { path: 'github.com/BurntSushi/toml', version: 'v1.2.0' },
  },
}

/** Writes the lab's tags with their real sizes in the format of assets/golang-tags.json, for `--catalogue`. */
export async function writeCatalogue(path: string, tags: readonly TagFact[]): Promise<void> {
  const catalogue = {
    version: 1,
    date: new Date().toISOString().slice(0, 10),
    source: 'the lab',
    tags: tags.map(({ tag, claims, architecture, size, unpacked }) => ({
      tag,
      // What the tag says, as a real catalogue would: the one that lies is found out by running it.
      go: claims,
      size: architecture === 'amd64' ? size : null,
      unpacked: architecture === 'amd64' ? unpacked : null,
    })),
    minors: MINORS,
    artefacts: ARTEFACTS,
  }
  await writeFile(path, `${JSON.stringify(catalogue, null, 2)}\n`)
}
