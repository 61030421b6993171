import { appendFile, chmod, chown, lchown, lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sourceLine } from '../../../electron/settings/shell/families.ts'
import { goready } from '../../harness.ts'
import { must } from '../../lab/process.ts'
import type { Fault, Ground } from '../fault.ts'

/** An account that nobody has. */
const STUDENT = 12_345

const put = async ({ home }: Ground, file: string, text: string, mode = 0o644): Promise<string> => {
  const path = join(home, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

/** The whole home goes to an account that is not root, and others may look into it. */
async function toStudent({ dir, home }: Ground): Promise<void> {
  const give = async (path: string): Promise<void> => {
    await lchown(path, STUDENT, STUDENT)
    if ((await lstat(path)).isDirectory()) for (const name of await readdir(path)) await give(join(path, name))
  }
  await give(home)
  await chmod(dir, 0o755)
}

/** What stands at a path is root's again, as after a command with sudo. */
async function toRoot(...paths: readonly string[]): Promise<void> {
  for (const path of paths) await chown(path, 0, 0)
}

async function mount(ground: Ground, at: string, ...options: readonly string[]): Promise<void> {
  await must(['mount', ...options, at])
  ground.after(async () => void (await must(['umount', '--lazy', at])))
}

/** A run of this program that has set up bash. */
async function setUpBash(ground: Ground): Promise<void> {
  const profile = join(ground.dir, 'profile.yml')
  await writeFile(profile, JSON.stringify({ version: 1, env: { shells: ['bash'], set: { GOREADY_LAB: 'one two' } } }))
  const { code, stderr } = await goready(ground, ['apply', '--profile', profile, '--yes'], { env: ground.env })
  if (code !== 0) throw new Error(`apply ended with ${code}: ${stderr}`)
}

const OPEN = '# >>> goready >>>\n'
const CLOSE = '# <<< goready <<<\n'
const LINE = `${sourceLine('sh', '~/.config/goready/env.sh')}\n`
const RC = 'alias ll="ls -l"\n'

export const filesFaults: readonly Fault[] = [
  {
    name: 'the folder of Go’s settings belongs to root',
    code: 'files.foreign-owner',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await toStudent(ground)
      await toRoot(join(ground.home, '.config/go'), join(ground.home, '.config/go/env'))
    },
  },
  {
    name: '.npmrc belongs to root',
    code: 'files.foreign-owner',
    severity: 'warning',
    repair: true,
    async plant(ground) {
      await toStudent(ground)
      await toRoot(join(ground.home, '.npmrc'))
    },
  },
  {
    name: 'npm’s cache holds what root has put there',
    code: 'files.foreign-owner',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await put(ground, '.npm/_cacache/index-v5/00/11/entry', 'x\n')
      await put(ground, '.npm/_logs/today.log', 'x\n')
      await toStudent(ground)
      const cache = join(ground.home, '.npm/_cacache')
      await toRoot(join(cache, 'index-v5'), join(cache, 'index-v5/00'), join(cache, 'index-v5/00/11'))
    },
  },
  {
    name: 'our own folder is closed to its owner',
    code: 'files.mode-closed',
    severity: 'error',
    repair: true,
    async plant({ home }) {
      await mkdir(join(home, '.config/goready'), { mode: 0o500 })
    },
  },
  {
    name: '.npmrc cannot be read by its owner',
    code: 'files.mode-closed',
    severity: 'error',
    repair: true,
    plant: ({ home }) => chmod(join(home, '.npmrc'), 0o200),
  },
  {
    name: 'a token that everybody can read',
    code: 'files.secrets-open',
    severity: 'warning',
    repair: true,
    async plant(ground) {
      await appendFile(join(ground.home, '.npmrc'), '//nexus.example.com/:_authToken=hush-hush\n')
      await chmod(ground.dir, 0o755)
      await chmod(ground.home, 0o755)
    },
  },
  {
    name: 'the folder of our settings can only be read',
    code: 'files.read-only',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const folder = join(ground.home, '.config/goready')
      await mkdir(folder)
      await mount(ground, folder, '-t', 'tmpfs', '-o', 'ro,mode=755', 'tmpfs')
    },
  },
  {
    name: 'npm’s file carries the mark that nobody may change it',
    code: 'files.immutable',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const path = join(ground.home, '.npmrc')
      await must(['chattr', '+i', path])
      ground.after(async () => void (await must(['chattr', '-i', path])))
    },
  },
  {
    name: 'the disk of our records is full',
    code: 'files.disk-full',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const folder = join(ground.home, '.local/state/goready')
      await mkdir(folder, { recursive: true })
      await mount(ground, folder, '-t', 'tmpfs', '-o', 'size=1m,mode=755', 'tmpfs')
    },
  },
  {
    name: 'the disk of our records takes no more files',
    code: 'files.inodes-full',
    severity: 'error',
    repair: false,
    async plant(ground) {
      const folder = join(ground.home, '.local/state/goready')
      await mkdir(folder, { recursive: true })
      await mount(ground, folder, '-t', 'tmpfs', '-o', 'size=100m,nr_inodes=1,mode=755', 'tmpfs')
    },
  },
  {
    name: '.bashrc with the line ends of Windows',
    code: 'files.shell-crlf',
    severity: 'error',
    repair: true,
    plant: async (ground) =>
      void (await put(ground, '.bashrc', '# mine\r\n\r\nexport EDITOR=vi\r\nexport EDITOR=vi\r\n')),
  },
  {
    name: 'one line of .profile with a carriage return',
    code: 'files.shell-crlf',
    severity: 'error',
    repair: true,
    plant: async (ground) => void (await put(ground, '.profile', `${RC}umask 022\r\n`)),
  },
  {
    name: 'a block without its end',
    code: 'files.fence-damaged',
    severity: 'warning',
    repair: true,
    plant: async (ground) => void (await put(ground, '.bashrc', `${RC}${OPEN}${LINE}export EDITOR=vi\n`)),
  },
  {
    name: 'a block without its beginning',
    code: 'files.fence-damaged',
    severity: 'warning',
    repair: true,
    plant: async (ground) => void (await put(ground, '.bashrc', `${RC}${LINE}${CLOSE}`)),
  },
  {
    name: 'a block that stands there twice',
    code: 'files.fence-damaged',
    severity: 'warning',
    repair: true,
    plant: async (ground) => void (await put(ground, '.bashrc', `${OPEN}${LINE}${CLOSE}${RC}${OPEN}${LINE}${CLOSE}`)),
  },
  {
    name: 'a block with somebody else’s lines and no end',
    code: 'files.fence-damaged',
    severity: 'warning',
    repair: false,
    plant: async (ground) => void (await put(ground, '.bashrc', `${RC}${OPEN}export EDITOR=vi\n`)),
  },
  {
    name: 'a block that was edited',
    code: 'files.fence-edited',
    severity: 'warning',
    repair: true,
    async plant(ground) {
      await setUpBash(ground)
      const path = join(ground.home, '.bashrc')
      await writeFile(path, (await readFile(path, 'utf8')).replace(LINE, `# ${LINE}`))
    },
  },
  {
    name: 'our file of variables is gone',
    code: 'files.env-file-missing',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await setUpBash(ground)
      await rm(join(ground.home, '.config/goready/env.sh'))
    },
  },
  {
    name: 'our file of variables is cut in the middle',
    code: 'files.env-file-damaged',
    severity: 'error',
    repair: true,
    async plant(ground) {
      await setUpBash(ground)
      const path = join(ground.home, '.config/goready/env.sh')
      await writeFile(path, (await readFile(path, 'utf8')).replace(/ two'\n$/, ''))
    },
  },
  {
    name: 'a new .bash_profile hides our block',
    code: 'files.profile-shadowed',
    severity: 'warning',
    repair: true,
    async plant(ground) {
      await setUpBash(ground)
      await put(ground, '.bash_profile', 'export EDITOR=vi\n')
    },
  },
  {
    name: 'two registries for npm',
    code: 'files.sources-fight',
    severity: 'warning',
    repair: true,
    plant: async (ground) =>
      void (await put(ground, '.bashrc', `${RC}export npm_config_registry=${ground.npm.url}/-/../\n`)),
  },
  {
    name: 'two indexes for pip',
    code: 'files.sources-fight',
    severity: 'warning',
    repair: true,
    plant: async (ground) =>
      void (await put(ground, '.pip/pip.conf', `[global]\nindex-url = ${ground.pip.url}/../simple\n`)),
  },
  {
    name: 'http_proxy and HTTP_PROXY name different proxies',
    code: 'files.proxies-differ',
    severity: 'warning',
    repair: true,
    plant: async (ground) =>
      void (await put(
        ground,
        '.bashrc',
        // Something listens at both: that nobody did would be another fault.
        `export http_proxy=${ground.lab.goproxy.url}\nexport HTTP_PROXY=${ground.lab.registry.url}\n`,
      )),
  },
  {
    name: 'download addresses of a mirror that has ended',
    code: 'files.leftover-switcher',
    severity: 'warning',
    repair: true,
    plant: ({ home }) =>
      appendFile(
        join(home, '.npmrc'),
        'disturl=https://npm.taobao.org/dist\nelectron_mirror=https://cdn.npm.taobao.org/dist/electron/\n',
      ),
  },
  {
    name: 'a record that is damaged',
    code: 'files.state-damaged',
    severity: 'warning',
    repair: false,
    plant: async (ground) =>
      void (await put(ground, '.local/state/goready/runs/20261101T080000000Z-3f9a1c.jsonl', '{"t":"be\n{}\n', 0o600)),
  },
  {
    name: 'a run that was cut off',
    code: 'files.run-cut-off',
    severity: 'error',
    repair: false,
    async plant(ground) {
      await setUpBash(ground)
      const runs = join(ground.home, '.local/state/goready/runs')
      const [name = ''] = await readdir(runs)
      const lines = (await readFile(join(runs, name), 'utf8')).split('\n')
      const begun = lines.filter((line) => /^\{"t":"(?:begin|intent|done)"/.test(line))
      await writeFile(join(runs, name), `${begun.slice(0, -1).join('\n')}\n`)
    },
  },
]
