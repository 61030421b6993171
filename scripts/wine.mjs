// Usage: node scripts/wine.mjs — prints the folder of a Wine 10 that can run the Windows program; gets Debian 13's into .cache (190 MB) where this system has none.
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Stop, cache, capture, isCommand, main, progress } from './lib.mjs'

const NEEDED = 10
const SUITE = 'trixie'
const folder = join(cache, 'wine')
/** Wine below the root of a Debian. */
const PROGRAM = 'usr/lib/wine/wine64'
const KEY = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * The root of a system with a Wine that runs the Windows program: `/`, or the folder that this script has made.
 * null: there is none, and unless `fetch` none is looked for.
 */
export async function wineRoot({ fetch }) {
  const { code, output } = await capture([`/${PROGRAM}`, '--version'])
  if (code === 0 && Number(/wine-(\d+)/.exec(output)?.[1] ?? 0) >= NEEDED) return '/'
  if (existsSync(join(folder, PROGRAM))) return folder
  return fetch ? get() : null
}

export const WHY = `The Windows program needs Wine ${NEEDED} or later (Debian 13 has it): Electron of today stops in older ones.`

/** By this system's apt, with lists and records of its own: what is installed on the machine stays as it is. */
async function get() {
  const mirror = await ownMirror()
  if (mirror === null || process.getuid?.() !== 0) return null
  const work = `${folder}.${process.pid}`
  await rm(work, { recursive: true, force: true })
  const at = (name) => join(work, name)
  for (const name of ['lists/partial', 'cache/archives/partial', 'state', 'root/usr'])
    await mkdir(at(name), { recursive: true })
  try {
    await writeFile(at('sources.list'), `deb [signed-by=${KEY}] ${mirror} ${SUITE} main\n`)
    await writeFile(at('status'), '')
    const own = {
      'Dir::Etc::sourcelist': at('sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      'Dir::State': at('state'),
      'Dir::State::lists': at('lists'),
      'Dir::State::status': at('status'),
      'Dir::Cache': at('cache'),
      'APT::Sandbox::User': 'root',
    }
    const options = Object.entries(own).flatMap(([name, value]) => ['-o', `${name}=${value}`])
    const apt = (...args) => capture(['apt-get', ...args, ...options])
    const update = await progress('Wine: package lists', () => apt('update', '--error-on=any'))
    if (update.code !== 0) return null
    const names = ['wine64', 'bash', 'coreutils']
    const install = ['install', '-y', '--download-only', '--no-install-recommends', ...names]
    const { code } = await progress('Wine: packages', () => apt(...install))
    if (code !== 0) return null
    await progress('Wine: unpacking', () => unpack(at('cache/archives'), at('root')))
    await rm(folder, { recursive: true, force: true })
    await rename(at('root'), folder)
    return folder
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The archive that this Debian itself uses. */
async function ownMirror() {
  const { code, output } = await capture([
    'apt-get',
    'indextargets',
    '--format',
    '$(SITE) $(ORIGIN)',
    'Created-By: Packages',
  ])
  const sites = output.split('\n').flatMap((line) => /^(https?:\S+) Debian$/.exec(line)?.[1] ?? [])
  return code === 0 ? (sites.find((site) => !/security/.test(site)) ?? null) : null
}

async function unpack(archives, target) {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(target, 'usr', name), { recursive: true })
    await symlink(`usr/${name}`, join(target, name))
  }
  for (const name of (await readdir(archives)).filter((one) => one.endsWith('.deb'))) {
    const script = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink'
    const { code, output } = await capture(['sh', '-c', script, 'unpack', join(archives, name), target])
    if (code !== 0) throw new Stop(`${output.trim()}\nUnpacking ${name} failed.`)
  }
  // What the packages' own scripts would have done.
  await symlink('bash', join(target, 'usr/bin/sh')).catch(() => {})
  for (const name of ['proc', 'sys', 'dev', 'tmp']) await mkdir(join(target, name), { recursive: true })
}

if (isCommand(import.meta.url))
  await main(async () => {
    const found = await wineRoot({ fetch: true })
    if (found === null) throw new Stop(WHY)
    process.stdout.write(`${found}\n`)
  })
