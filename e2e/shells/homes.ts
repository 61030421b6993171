import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A home as a user may have it, before anything happens. `refused`: the code with which a run has to stop. */
export type HomeState = {
  name: string
  /** Fills the home; answers what stands in the environment besides. */
  make(home: string): Record<string, string>
  /** Called after `make` and undone by `open`. */
  close?(home: string): void
  open?(home: string): void
  refused?: string
}

const put = (home: string, name: string, text: string, mode = 0o644): void => {
  mkdirSync(dirname(join(home, name)), { recursive: true })
  writeFileSync(join(home, name), text, { mode })
}

/** What each shell's own files may hold; every one hides what is going to be chosen. */
const DOTFILES: Readonly<Record<string, string>> = {
  '.profile': '# mine\nexport GREETING=old\nexport GOFLAGS=-trimpath\n',
  '.bashrc': "alias ll='ls -l'\nexport GREETING=old\n",
  '.zshenv': 'export ZSHENV_READ=1\n',
  '.zshrc': 'export GREETING=old\nGOFLAGS=-trimpath; export GOFLAGS\n',
  '.cshrc': 'set prompt = "% "\nsetenv GREETING old\n',
  '.tcshrc': 'setenv TCSHRC_READ 1\nsetenv GREETING old\n',
  '.login': '# login\nsetenv GREETING old\n',
  '.config/fish/config.fish': 'set -gx GREETING old\nset -gx GOFLAGS -trimpath\n',
  '.config/fish/conf.d/zz.fish': 'set -gx GREETING conf\n',
  '.config/go/env': 'GOFLAGS=-trimpath\n',
  'unrelated/notes.txt': 'nobody touches this\n',
}

const all = (home: string, change: (text: string) => string = (text) => text, mode = 0o644): void => {
  for (const [name, text] of Object.entries(DOTFILES)) put(home, name, change(text), mode)
}

const ran = (...[program, ...args]: readonly [string, ...string[]]): void => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}

function* folders(folder: string): Generator<string> {
  yield folder
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (name !== '.local' && statSync(path).isDirectory()) yield* folders(path)
  }
}

/** Rights, owners, attributes and times that a careless writer would lose. */
function decorate(home: string): Record<string, string> {
  all(home)
  chmodSync(join(home, '.bashrc'), 0o640)
  chmodSync(join(home, '.zshrc'), 0o600)
  chownSync(join(home, '.profile'), 0, 1)
  ran('setfattr', '-n', 'user.goready.test', '-v', 'kept', join(home, '.bashrc'), join(home, '.cshrc'))
  ran('setfacl', '-m', 'u:daemon:r', join(home, '.zshrc'), join(home, '.config/fish/config.fish'))
  for (const name of Object.keys(DOTFILES)) utimesSync(join(home, name), 1_600_000_000, 1_600_000_000)
  return {}
}

function linked(home: string): Record<string, string> {
  for (const [index, [name, text]] of Object.entries(DOTFILES).entries()) {
    const real = `dots/${name.replaceAll('/', '_')}`
    put(home, real, text, 0o640)
    mkdirSync(dirname(join(home, name)), { recursive: true })
    // Some links are absolute, some relative, as dotfile managers make them.
    const up = '../'.repeat(name.split('/').length - 1)
    symlinkSync(index % 2 === 0 ? join(home, real) : `${up}${real}`, join(home, name))
  }
  return {}
}

/** A line end of Windows is a part of the line for most shells: comments and assignments take it. */
const CRLF: Readonly<Record<string, string>> = {
  '.profile': '# mine\r\nexport CRLF_READ=1\r\n',
  '.bashrc': '# mine\r\nexport CRLF_READ=1\r\n',
  '.zshrc': '# mine\r\nexport CRLF_READ=1\r\n',
  '.zshenv': '# mine\r\n',
  '.cshrc': '# mine\r\nsetenv CRLF_READ 1\r\n',
  '.config/fish/config.fish': '# mine\r\nset -gx CRLF_READ 1\r\n',
}

const zshIn = (home: string, folder: string): void => {
  put(home, `${folder}/.zshrc`, 'export GREETING=old\n')
  put(home, `${folder}/.zprofile`, '# mine\n')
}

export const HOME_STATES: readonly HomeState[] = [
  { name: 'fresh home', make: () => ({}) },
  { name: 'existing profile', make: decorate },
  { name: 'symlinked dotfiles', make: linked },
  {
    name: 'CRLF',
    make(home) {
      for (const [name, text] of Object.entries(CRLF)) put(home, name, text)
      return {}
    },
  },
  {
    name: 'no final newline',
    make(home) {
      all(home, (text) => text.trimEnd())
      return {}
    },
  },
  {
    name: 'read-only file',
    refused: 'read-only',
    make(home) {
      all(home, undefined, 0o444)
      const head = '# GoReady keeps this file: variables and PATH entries, nothing else.\n'
      put(home, '.config/fish/conf.d/goready.fish', `${head}set -gx OLD '1'\n`, 0o444)
      return {}
    },
  },
  {
    name: 'immutable folder',
    refused: 'immutable',
    make(home) {
      all(home)
      return {}
    },
    close: (home) => ran('chattr', '+i', ...folders(home)),
    open: (home) => ran('chattr', '-i', ...folders(home)),
  },
  {
    name: 'ZDOTDIR set',
    make(home) {
      all(home)
      zshIn(home, 'dots/zsh')
      return { ZDOTDIR: join(home, 'dots/zsh') }
    },
  },
  {
    name: 'ZDOTDIR in .zshenv',
    make(home) {
      all(home)
      put(home, '.zshenv', 'export ZDOTDIR="$HOME/.config/zsh"\n')
      zshIn(home, '.config/zsh')
      return {}
    },
  },
  {
    name: 'ZDOTDIR worked out in .zshenv',
    make(home) {
      put(home, '.zshenv', '. "$HOME/.zdot"\n')
      put(home, '.zdot', 'export ZDOTDIR="$(print -r -- $HOME)/z d"')
      zshIn(home, 'z d')
      return {}
    },
  },
  {
    name: '.bash_profile only',
    make(home) {
      put(home, '.bash_profile', '. "$HOME/.bashrc"\nexport GREETING=old\n')
      put(home, '.bashrc', '# mine\n')
      return {}
    },
  },
  {
    name: '.profile only',
    make(home) {
      put(home, '.profile', 'export GREETING=old')
      return {}
    },
  },
  {
    name: '.bash_profile and .profile',
    make(home) {
      put(home, '.bash_profile', 'test -f ~/.profile && . ~/.profile\n')
      put(home, '.profile', 'export GREETING=old\n')
      return {}
    },
  },
]
