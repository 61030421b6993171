import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../lab/process.ts'

type Package = {
  name: string
  depends?: string
  recommends?: string
  /** Absolute paths and contents; scripts below /etc/init.d may be run. */
  files?: Readonly<Record<string, string>>
  scripts?: Readonly<Record<string, string>>
}

/** Starts this machine's own dockerd, as Debian's script does; it touches no network. */
const INIT = (flags: string) => `#!/bin/sh
### BEGIN INIT INFO
# Provides: docker
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
pid=/var/run/docker-ssd.pid
case "$1" in
  start) start-stop-daemon --start --background --no-close --exec "$(command -v dockerd)" --pidfile $pid --make-pidfile -- \\
    -p /var/run/docker.pid ${flags} >> /var/log/docker.log 2>&1 ;;
  stop) start-stop-daemon --stop --pidfile $pid --remove-pidfile --retry 20 ;;
  status) start-stop-daemon --status --pidfile $pid ;;
  *) exit 2 ;;
esac
`

/** What Debian's own package does at its ends: a group, a start, a stop, and the data gone with a purge. */
const SCRIPTS = {
  postinst: '#!/bin/sh\nset -e\ngetent group docker > /dev/null || groupadd --system docker\n',
  prerm: '#!/bin/sh\nset -e\n[ ! -x /etc/init.d/docker ] || /etc/init.d/docker stop || true\n',
  postrm:
    '#!/bin/sh\nset -e\n[ "$1" != remove ] || chmod -x /etc/init.d/docker\n[ "$1" != purge ] || rm -rf /var/lib/docker\n',
}

/** `flags`: what the daemon of the docker.io in this repository is started with. */
export const packagesOf = (flags: string): readonly Package[] => [
  {
    name: 'docker.io',
    depends: 'runc, containerd',
    recommends: 'git',
    files: { '/etc/init.d/docker': INIT(flags), '/usr/share/doc/docker.io/readme': 'docker\n' },
    scripts: SCRIPTS,
  },
  { name: 'containerd', depends: 'runc', files: { '/etc/containerd-of-the-test.conf': 'x\n' } },
  { name: 'runc' },
  { name: 'git' },
  { name: 'editor', depends: 'git' },
]

/** Builds a flat repository of small real packages. */
export async function makeRepository(folder: string, packages: readonly Package[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const entries: string[] = []
  for (const { name, depends, recommends, files = {}, scripts = {} } of packages) {
    const tree = join(folder, '..', `build-${name}`)
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true })
    const control = [
      `Package: ${name}`,
      'Version: 1.0',
      'Architecture: all',
      'Maintainer: Nobody <nobody@example.com>',
      ...(depends === undefined ? [] : [`Depends: ${depends}`]),
      ...(recommends === undefined ? [] : [`Recommends: ${recommends}`]),
      `Description: ${name} of the test`,
      '',
    ].join('\n')
    writeFileSync(join(tree, 'DEBIAN/control'), control)
    const conffiles = Object.keys(files).filter((path) => path.startsWith('/etc/'))
    if (conffiles.length > 0) writeFileSync(join(tree, 'DEBIAN/conffiles'), `${conffiles.join('\n')}\n`)
    for (const [path, text] of [
      ...Object.entries(files),
      ...Object.entries(scripts).map(([script, text]) => [`/DEBIAN/${script}`, text] as const),
    ]) {
      const at = join(tree, path)
      mkdirSync(join(at, '..'), { recursive: true })
      writeFileSync(at, text)
      chmodSync(at, text.startsWith('#!') ? 0o755 : 0o644)
    }
    const deb = join(folder, `${name}.deb`)
    await must(['dpkg-deb', '--root-owner-group', '--build', tree, deb])
    const hash = createHash('sha256').update(readFileSync(deb)).digest('hex')
    entries.push(`${control}Filename: ./${name}.deb\nSize: ${statSync(deb).size}\nSHA256: ${hash}\n`)
  }
  writeFileSync(join(folder, 'Packages'), entries.join('\n'))
}
