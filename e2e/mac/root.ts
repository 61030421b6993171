import { execFile } from 'node:child_process'
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { darwinPlaces } from '../../electron/platform/darwin/places.ts'

const here = import.meta.dirname
const HOME = '/Users/陈 杰'

/** What Apple ships in /etc, as far as a shell's variables go. */
const ETC: Readonly<Record<string, string>> = {
  paths: '/usr/local/bin\n/System/Cryptexes/App/usr/bin\n/usr/bin\n/bin\n/usr/sbin\n/sbin\n',
  'paths.d/10-cryptex': '/var/run/com.apple.security.cryptexd/bin\n',
  zprofile: 'eval "$(/opt/path_helper -s)"\n',
  zshrc: 'PS1="%n@%m %1~ %# "\n',
  profile: 'eval "$(/opt/path_helper -s)"\nif [ "${BASH-no}" != no ]; then [ -r /etc/bashrc ] && . /etc/bashrc; fi\n',
  bashrc: '[ -z "$PS1" ] && return\nPS1="\\\\h:\\\\W \\\\u\\\\$ "\n',
  'csh.cshrc': '# System-wide .cshrc file for csh(1).\n',
}

/** What stands in a home; its shells set PATH as Homebrew and Go's manual say. */
const DOTFILES: Readonly<Record<string, string>> = {
  '.zprofile': 'export PATH="/opt/homebrew/bin:$PATH"\n',
  '.zshrc': 'alias ll="ls -l"\nexport EDITOR=vi',
  '.bash_profile': '[ -f ~/.bashrc ] && . ~/.bashrc\n',
  '.cshrc': 'set prompt="% "\n',
  '.config/fish/config.fish': 'set -g fish_greeting\n',
}

export type MacRoot = Awaited<ReturnType<typeof makeMacRoot>>

/** A folder with the files of a Mac that count for us, in which this machine's real shells can be started. */
export async function makeMacRoot() {
  const root = await mkdtemp(path.join(tmpdir(), 'goready-mac-'))
  await chmod(root, 0o755)
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), text)
  }
  for (const [name, text] of Object.entries(ETC)) await put(`private/etc/${name}`, text)
  for (const [name, text] of Object.entries(DOTFILES)) await put(`${HOME}/${name}`, text)
  const folders = [
    'Library/LaunchAgents',
    'Library/Application Support',
    'opt/homebrew/share/fish',
    'usr',
    'dev',
    'proc',
  ]
  for (const name of [...folders, `${HOME}/Library/Application Support`])
    await mkdir(path.join(root, name), { recursive: true })
  await copyFile(path.join(here, 'path_helper'), path.join(root, 'opt/path_helper'))
  await symlink('private/etc', path.join(root, 'etc'))
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, path.join(root, name))
  // Where Debian's builds look for what Apple's look for in /etc itself.
  for (const name of ['zshenv', 'zprofile', 'zshrc']) {
    await mkdir(path.join(root, 'private/etc/zsh'), { recursive: true })
    await symlink(`../${name}`, path.join(root, 'private/etc/zsh', name))
  }
  await symlink('bashrc', path.join(root, 'private/etc/bash.bashrc'))
  const places = darwinPlaces({
    home: path.join(root, HOME),
    root,
    environment: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    uid: 0,
    username: 'root',
    arch: 'arm64',
    isFolder: () => false,
  })
  return { root, home: HOME, places, remove: () => rm(root, { recursive: true, force: true }) }
}

/** The exported variables of a fresh shell inside the root. */
export async function askInRoot(
  { root, home }: MacRoot,
  argv: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const mark = 'GOREADY_MARK=1'
  const question = `/usr/bin/env -i -0 ${mark}; /usr/bin/env -0`
  const words = ['-m', '--propagation', 'private', path.join(here, 'in-root.sh'), root, home, ...argv, '-c', question]
  const { stdout } = await promisify(execFile)('unshare', words, { timeout: 20_000 })
  const entries = stdout.slice(stdout.lastIndexOf(`${mark}\0`) + mark.length + 1).split('\0')
  return new Map(
    entries.flatMap((entry): [string, string][] => {
      const at = entry.indexOf('=')
      return at > 0 ? [[entry.slice(0, at), entry.slice(at + 1)]] : []
    }),
  )
}

/** Everything below a folder: kind, rights, owner, content and target. */
export async function treeOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const tree: Record<string, string> = {}
  const visit = async (at: string): Promise<void> => {
    const stat = await lstat(at)
    const rights = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`
    const name = path.relative(folder, at)
    if (stat.isDirectory()) {
      tree[name] = rights
      for (const child of await readdir(at)) await visit(path.join(at, child))
    } else if (stat.isSymbolicLink()) tree[name] = `-> ${await readlink(at)}`
    else tree[name] = `${rights} ${(await readFile(at)).toString('base64')}`
  }
  await visit(folder)
  return tree
}
