#!/usr/bin/env node
// Stands in for fpm where a system has none: makes a deb with dpkg-deb from the arguments that electron-builder passes
// (its FpmTarget). Usage: fpm.mjs -s dir -t deb --name N --version V --package FILE … SOURCE=TARGET …
// FPM_XZ_LEVEL: 0 to 9 (default 6).
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Stop, capture, isCommand, main } from '../lib.mjs'

const FLAGS = new Set(['force', 'debug'])
const LISTS = new Set(['depends', 'deb-recommends'])
const SHORT = { s: 'input-type', t: 'output-type', d: 'depends' }
const ONE = new Set([
  ...['input-type', 'output-type', 'log', 'name', 'version', 'iteration', 'architecture', 'maintainer', 'vendor'],
  ...['url', 'license', 'category', 'description', 'package', 'deb-compression', 'deb-priority'],
  ...['before-install', 'after-install', 'before-remove', 'after-remove'],
])
const SCRIPTS = {
  'before-install': 'preinst',
  'after-install': 'postinst',
  'before-remove': 'prerm',
  'after-remove': 'postrm',
}

/** The options by their long names, and what goes where. Throws for what fpm knows and this does not. */
export function parseArguments(argv) {
  const options = { depends: [], 'deb-recommends': [] }
  const mappings = []
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at]
    if (!argument.startsWith('-')) {
      const middle = argument.indexOf('=')
      if (middle < 1 || argument[middle + 1] !== '/') throw new Stop(`fpm: not SOURCE=/TARGET: ${argument}`)
      mappings.push({ source: argument.slice(0, middle), target: argument.slice(middle + 1) })
      continue
    }
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? []
    const option = name || SHORT[argument.slice(1)]
    if (FLAGS.has(option)) continue
    if (!ONE.has(option) && !LISTS.has(option)) throw new Stop(`fpm: unknown option ${argument}`)
    const value = inline ?? argv[++at]
    if (value === undefined) throw new Stop(`fpm: ${argument} without a value`)
    if (LISTS.has(option)) options[option].push(value)
    else options[option] = value
  }
  if (options['input-type'] !== 'dir' || options['output-type'] !== 'deb')
    throw new Stop(`fpm: only dir to deb is possible here, not ${options['input-type']} to ${options['output-type']}`)
  for (const name of ['name', 'version', 'architecture', 'maintainer', 'package'])
    if (!options[name]) throw new Stop(`fpm: --${name} is missing`)
  return { options, mappings }
}

/** deb-control(5). `kibibytes`: what it takes when it is installed. */
export function controlOf(options, kibibytes) {
  const [synopsis = '', ...more] = (options.description ?? '').split('\n')
  const body = more.map((line) => line.trim()).map((line) => ` ${line === '' ? '.' : line}`)
  const fields = [
    ['Package', options.name.toLowerCase()],
    ['Version', options.iteration ? `${options.version}-${options.iteration}` : options.version],
    ['Architecture', options.architecture],
    ['Maintainer', options.maintainer],
    ['Installed-Size', kibibytes],
    ['Depends', options.depends.join(', ')],
    ['Recommends', options['deb-recommends'].join(', ')],
    ['Section', options.category ?? 'default'],
    ['Priority', options['deb-priority'] ?? 'optional'],
    ['Homepage', options.url],
    ['Description', [synopsis.trim() || options.name, ...body].join('\n')],
  ]
  const broken = fields.find(([name, value]) => name !== 'Description' && /[\r\n]/.test(String(value ?? '')))
  if (broken) throw new Stop(`fpm: more than one line in ${broken[0]}`)
  return `${fields.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join('\n')}\n`
}

async function makeDeb({ options, mappings }) {
  const staging = await mkdtemp(join(tmpdir(), 'goready-fpm-'))
  try {
    await chmod(staging, 0o755)
    for (const { source, target } of mappings) await place(source, join(staging, target))
    const { sums, bytes } = await settle(staging)
    const control = join(staging, 'DEBIAN')
    await mkdir(control)
    await writeFile(join(control, 'control'), controlOf(options, Math.ceil(bytes / 1024)))
    await writeFile(join(control, 'md5sums'), sums)
    for (const [option, name] of Object.entries(SCRIPTS)) {
      if (options[option] === undefined) continue
      await writeFile(join(control, name), await readFile(options[option]))
      await chmod(join(control, name), 0o755)
    }
    await chmod(control, 0o755)
    const target = resolve(options.package)
    await mkdir(dirname(target), { recursive: true })
    const level = process.env.FPM_XZ_LEVEL ?? '6'
    const how = [`-Z${options['deb-compression'] ?? 'xz'}`, `-z${level}`, '--root-owner-group']
    const { code, output } = await capture(['dpkg-deb', ...how, '--build', staging, target])
    if (code !== 0) throw new Stop(`${output.trim()}\nfpm: dpkg-deb failed`)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** As fpm does: a folder's content goes into the target, a file or a link becomes it; links stay links. */
async function place(source, target) {
  const stat = await lstat(source).catch(() => null)
  if (stat === null) throw new Stop(`error: File not found: ${source}`)
  await mkdir(stat.isDirectory() ? target : dirname(target), { recursive: true })
  await cp(source, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, force: true })
}

/** Gives every file an ordinary mode, whatever umask and checkout have made of it; answers sums and size. */
async function settle(staging) {
  const sums = []
  let bytes = 0
  for (const entry of await readdir(staging, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const { mode, size } = await lstat(path)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) {
      await chmod(path, (mode & 0o111) === 0 ? 0o644 : 0o755)
      const hash = createHash('md5')
      await pipeline(createReadStream(path), hash)
      sums.push(`${hash.digest('hex')}  ${relative(staging, path)}\n`)
      bytes += Math.ceil(size / 1024) * 1024
    }
  }
  return { sums: sums.sort((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1)).join(''), bytes }
}

if (isCommand(import.meta.url)) await main((argv) => makeDeb(parseArguments(argv)))
