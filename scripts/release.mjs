// Usage: node scripts/release.mjs [FOLDER] — lists what the packages in FOLDER (default: dist) are made of (CycloneDX) and their SHA-256 sums; needs no network.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Stop, cache, capture, isCommand, main, root, say } from './lib.mjs'
import { TARGETS } from './package/targets.mjs'

export const SUMS = 'SHA256SUMS'
const version = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
const billOf = () => `goready-${version()}.cdx.json`

/** The packages in a folder by name, and the bill of materials if it is there. */
export const released = (names) =>
  names
    .filter((name) => name.endsWith('.cdx.json') || Object.values(TARGETS).some(({ ending }) => ending?.test(name)))
    .toSorted((a, b) => (a < b ? -1 : 1))

/** npm's own list of what stands in the lock, and the Electron that packages were made with (null: the lock's own). */
export async function billOfMaterials(electron) {
  const argv = ['npm', 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only', '--offline']
  const { code, output } = await capture(argv)
  if (code !== 0) throw new Stop(`${output.trim()}\nnpm sbom failed.`)
  const bill = JSON.parse(output.slice(output.indexOf('{')))
  const own = electron ?? JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')).version
  bill.metadata.component.name = 'goready'
  bill.metadata.component.type = 'application'
  bill.components.push({
    'bom-ref': `electron@${own}`,
    type: 'framework',
    name: 'electron',
    version: own,
    scope: 'required',
    description: 'Chromium and Node.js as one program',
    purl: `pkg:github/electron/electron@v${own}`,
    licenses: [{ license: { id: 'MIT' } }],
  })
  bill.dependencies.find(({ ref }) => ref === bill.metadata.component['bom-ref'])?.dependsOn?.push(`electron@${own}`)
  bill.dependencies.push({ ref: `electron@${own}`, dependsOn: [] })
  return bill
}

/** The version that electron-builder was last given here. */
function packagedElectron() {
  const config = join(cache, 'electron-builder.json')
  return existsSync(config) ? JSON.parse(readFileSync(config, 'utf8')).electronVersion : null
}

/** As sha256sum(1) writes and checks it. */
async function sumsOf(folder, names) {
  const lines = []
  for (const name of names) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(join(folder, name)), hash)
    lines.push(`${hash.digest('hex')}  ${name}\n`)
  }
  return lines.join('')
}

if (isCommand(import.meta.url))
  await main(async ([named = 'dist']) => {
    const folder = resolve(root, named)
    const packages = existsSync(folder) ? released(readdirSync(folder)) : []
    if (packages.length === 0) throw new Stop(`There are no packages in ${folder}. Make some: npm run package`)
    const bill = await billOfMaterials(packagedElectron())
    await writeFile(join(folder, billOf()), `${JSON.stringify(bill, null, 2)}\n`)
    const all = released(readdirSync(folder))
    await writeFile(join(folder, SUMS), await sumsOf(folder, all))
    say(`${all.length} files in ${SUMS}`)
  })
