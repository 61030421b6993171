import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ShellId } from '../../contract/profile.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { realSystem } from '../../system/real.ts'
import { makeHome, removeHome } from '../test-home.ts'
import { played } from './look.ts'
import { playStartup, type Start } from './startup.ts'
import { World } from './world.ts'

/**
 * What we claim to know from the text of start-up files, against the real shells: random lines in random files of a
 * fresh home. A claim that is wrong fails; where nothing is claimed, the real shell would be asked.
 */
const sys = realSystem()
const CASES = process.env['GOREADY_FULL'] === '1' ? 400 : 40
/** The short form asks the same every time; the long one looks further. */
const SEED = process.env['GOREADY_FULL'] === '1' ? {} : { seed: 20261122 }
const NAMES = ['GOPROXY', 'GOFLAGS', 'HTTPS_PROXY', 'https_proxy', 'GOENV']
let home = ''
beforeAll(async () => {
  home = await makeHome()
})
afterAll(() => removeHome(home))

type Shell = 'bash' | 'zsh' | 'sh' | 'fish' | 'tcsh'
const FILES: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['.profile', '.bashrc', '.bash_profile', '.bash_login', 'more.sh'],
  zsh: ['.zshenv', '.zprofile', '.zshrc', '.zlogin', 'more.sh', 'z/.zshrc', 'z/.zshenv'],
  sh: ['.profile', 'more.sh'],
  fish: ['.config/fish/config.fish', '.config/fish/conf.d/a.fish', '.config/fish/conf.d/z.fish', 'more.sh'],
  tcsh: ['.tcshrc', '.cshrc', '.login', 'more.sh'],
}

const name = fc.constantFrom(...NAMES)
const value = fc.constantFrom(
  'https://a.example',
  "'https://b.example|direct'",
  '"c,direct"',
  '',
  "''",
  '-mod=mod',
  '"$HOME/x"',
  '$GOPROXY',
  '"${GOFLAGS}y"',
  '~/z',
  '$(echo built)',
  '`echo built`',
  "it\\'s",
  'a\\ b',
  '"a b"',
  'off',
  '"a$NOSUCH"',
  '"x;y"',
  "'#no'",
  'a#b',
  '*',
  '{a,b}',
  '$HOME',
  '${HOME}/.x',
  '${NOSUCH:-dflt}',
  '"${NOSUCH-d}"',
  "$'a\\nb'",
  '中文',
  '"tab\tx"',
)
const sh = fc.oneof(
  { weight: 16, arbitrary: fc.tuple(name, value).map(([n, v]) => `export ${n}=${v}`) },
  fc.tuple(name, value).map(([n, v]) => `${n}=${v}`),
  name.map((n) => `export ${n}`),
  name.map((n) => `unset ${n}`),
  fc.tuple(name, value).map(([n, v]) => `${n}=${v}; export ${n} # why`),
  fc.tuple(name, value).map(([n, v]) => `${n}=${v} true`),
  fc.tuple(name, value).map(([n, v]) => `[ -n "$${n}" ] && export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `[ -z "$${n}" ] || export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `if [ -f "$HOME/more.sh" ]; then export ${n}=${v}; else unset ${n}; fi`),
  fc.tuple(name, value).map(([n, v]) => `if [ "$${n}" = off ]\nthen\n  export ${n}=${v}\nfi`),
  fc.tuple(name, value).map(([n, v]) => `if uname >/dev/null; then export ${n}=${v}; fi`),
  fc.tuple(name, value).map(([n, v]) => `f_x() { export ${n}=${v}; }`),
  fc.constant('f_x'),
  fc.tuple(name, value).map(([n, v]) => `alias g='export ${n}=${v.replaceAll("'", '')}'`),
  fc.tuple(name, value).map(([n, v]) => `# export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `(export ${n}=${v})`),
  fc
    .tuple(name, value)
    .map(([n, v]) => `eval "export ${n}=${v.replaceAll('"', '').replaceAll('`', '').replaceAll('$', '')}"`),
  fc.tuple(name, value).map(([n, v]) => `cat <<END >/dev/null\nexport ${n}=${v}\nEND`),
  fc.tuple(name, value).map(([n, v]) => `export ${n}=\\\n${v}`),
  fc.tuple(name, value).map(([n, v]) => `for i in 1 2; do export ${n}=${v}; done`),
  name.map((n) => `for i in 1 2; do export ${n}=$i; done`),
  fc.tuple(name, value).map(([n, v]) => `while false; do export ${n}=${v}; done`),
  fc.tuple(name, value).map(([n, v]) => `case $- in *i*) export ${n}=${v};; esac`),
  fc.tuple(name, value).map(([n, v]) => `case $- in\n    *i*) ;;\n      *) return;;\nesac\nexport ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `echo ${n} | cat; { export ${n}=${v}; }`),
  fc.tuple(name, value).map(([n, v]) => `echo x | export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `true || export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `false || export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `! [ -d /nowhere ] && export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `command -v nosuchprogram >/dev/null 2>&1 && export ${n}=${v}`),
  fc.constantFrom(
    '. "$HOME/more.sh"',
    '. ~/more.sh',
    'if [ -f ~/.bashrc ]; then . ~/.bashrc; fi',
    '[ -r ~/nothing ] && . ~/nothing',
    'set -a',
    'set +a',
    'return 2>/dev/null',
    'true',
    'echo hello',
    'export PATH="$HOME/bin:$PATH"',
  ),
)
const bashOnly = fc.oneof(
  fc.tuple(name, value).map(([n, v]) => `declare -x ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `[[ -n $${n} ]] && export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `[[ $${n} == off || -z $${n} ]] && export ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `export ${n}+=${v}`),
  fc.tuple(name, value).map(([n, v]) => `function f_x { export ${n}=${v}; }`),
  fc.tuple(name, value).map(([n, v]) => `export ${n}=${v} OTHER=1`),
  fc.constantFrom('shopt -s histappend', 'source ~/more.sh', '(( 1 + 1 ))'),
)
const zshOnly = fc.oneof(
  fc.tuple(name, value).map(([n, v]) => `typeset -gx ${n}=${v}`),
  fc.tuple(name, value).map(([n, v]) => `[[ -n $${n} ]] && export ${n}=${v}`),
  fc.constantFrom(
    'path=(~/bin $path)',
    'typeset -U path',
    'source ~/more.sh',
    'setopt autocd',
    'export ZDOTDIR=~/z',
    'ZDOTDIR="$HOME/z"',
    'unset ZDOTDIR',
  ),
)
const fishValue = fc.constantFrom(
  'https://a.example',
  "'https://b.example|direct'",
  '"c,direct"',
  '',
  "''",
  '-mod=mod',
  '"$HOME/x"',
  '$GOPROXY',
  '"$GOFLAGS"',
  '~/z',
  '(echo built)',
  'a b',
  "'it\\'s'",
  'a\\ b',
  '$HOME/y',
  '{a,b}',
  '*',
  '中文',
  'x$NOSUCH',
)
const fish = fc.oneof(
  { weight: 16, arbitrary: fc.tuple(name, fishValue).map(([n, v]) => `set -gx ${n} ${v}`) },
  fc.tuple(name, fishValue).map(([n, v]) => `set -x ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `set ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `set -g ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `set --export --global ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `set -l ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `set -Ux ${n} ${v}`),
  name.map((n) => `set -e ${n}`),
  name.map((n) => `set -ge ${n}`),
  name.map((n) => `set -gu ${n}`),
  fc.tuple(name, fishValue).map(([n, v]) => `set -q ${n}; or set -gx ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `if set -q ${n}\n  set -gx ${n} ${v}\nelse\n  set -e ${n}\nend`),
  fc.tuple(name, fishValue).map(([n, v]) => `if test -f ~/more.sh; set -gx ${n} ${v}; end`),
  fc.tuple(name, fishValue).map(([n, v]) => `if status is-interactive\n    set -gx ${n} ${v}\nend`),
  fc.tuple(name, fishValue).map(([n, v]) => `if status --is-login\n    set -gx ${n} ${v}\nend`),
  fc.tuple(name, fishValue).map(([n, v]) => `function f_x; set -gx ${n} ${v}; end`),
  fc.constantFrom(
    'f_x',
    'source ~/more.sh',
    'return',
    'true',
    'fish_add_path ~/bin',
    'begin; true; end',
    'true; and false',
  ),
  fc.tuple(name, fishValue).map(([n, v]) => `begin\n set -gx ${n} ${v}\nend`),
  fc.tuple(name, fishValue).map(([n, v]) => `begin\n set ${n} ${v}\nend`),
  fc.tuple(name, fishValue).map(([n, v]) => `for i in 1 2; set -gx ${n} ${v}; end`),
  fc.tuple(name, fishValue).map(([n, v]) => `switch x; case y; set -gx ${n} ${v}; case '*'; true; end`),
  fc.tuple(name, fishValue).map(([n, v]) => `eval set -gx ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `test "$${n}" = off && set -gx ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `not test -d /nowhere; and set -gx ${n} ${v}`),
  fc.tuple(name, fishValue).map(([n, v]) => `export ${n}=${v}`),
)
const csh = fc.oneof(
  {
    weight: 16,
    arbitrary: fc
      .tuple(
        name,
        fc.constantFrom(
          'https://a.example',
          "'https://b.example|direct'",
          '"c,direct"',
          '',
          "''",
          '-mod=mod',
          '"$HOME/x"',
          '$GOPROXY',
          '~/z',
          '`echo built`',
          '"a b"',
          'off',
          '$HOME/y',
        ),
      )
      .map(([n, v]) => `setenv ${n} ${v}`),
  },
  name.map((n) => `unsetenv ${n}`),
  name.map((n) => `if ($?${n}) setenv ${n} again`),
  name.map((n) => `if (! $?${n}) setenv ${n} first`),
  name.map((n) => `if (! $?${n}) then\n  setenv ${n} first\nelse\n  unsetenv ${n}\nendif`),
  name.map((n) => `if ( -f ~/more.sh ) then\n  setenv ${n} first\nendif`),
  name.map((n) => `if ( -e /nowhere ) setenv ${n} nowhere`),
  name.map((n) => `foreach i (1 2)\n setenv ${n} $i\nend`),
  name.map((n) => `switch (x)\n case y:\n setenv ${n} y\n breaksw\nendsw`),
  name.map((n) => `setenv ${n} a; setenv OTHER b # c`),
  name.map((n) => `alias g 'setenv ${n} y'`),
  name.map((n) => `eval "setenv ${n} e"`),
  fc.constantFrom('source ~/more.sh', 'set prompt = "% "', 'set path = (~/bin $path)', 'g', 'true'),
)
const LINES: Readonly<Record<Shell, fc.Arbitrary<string>>> = {
  bash: fc.oneof({ weight: 16, arbitrary: sh }, bashOnly),
  zsh: fc.oneof({ weight: 16, arbitrary: sh }, zshOnly),
  sh,
  fish,
  tcsh: csh,
}

const given = () => [
  { name: 'HOME', value: home, by: null },
  { name: 'PATH', value: '/usr/local/bin:/usr/bin:/bin', by: null },
  { name: 'TERM', value: 'dumb', by: null },
  { name: 'LANG', value: 'C.UTF-8', by: null },
  { name: 'XDG_DATA_HOME', value: '/dev/null', by: null },
]

async function ask(shell: Shell, start: Start): Promise<ReadonlyMap<string, string> | null> {
  const env = Object.fromEntries(given().map(({ name: key, value: text }) => [key, text]))
  const flags = start === 'login' ? ['-l', '-i'] : ['-i']
  // A file that reads itself keeps a shell busy for ever.
  const answer = await sys
    .query([`/usr/bin/${shell}`, ...flags, '-c', '/usr/bin/env -i -0 MARK=1; /usr/bin/env -0'], {
      env,
      cwd: home,
      session: true,
    })
    .catch(() => null)
  if (answer === null) return null
  const { stdout } = answer
  const at = stdout.indexOf('MARK=1\0')
  if (at < 0) return null
  return new Map(
    stdout
      .slice(at + 7)
      .split('\0')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

const count = { claimed: 0, open: 0, silent: 0 }
const starts = (shell: Shell): readonly Start[] => (shell === 'tcsh' ? ['interactive'] : ['login', 'interactive'])

test.each(['bash', 'zsh', 'sh', 'fish', 'tcsh'] as const)(
  '%s: whatever is claimed is so',
  async (shell) => {
    const files = FILES[shell]
    const content = fc.array(LINES[shell], { maxLength: 5 }).map((lines) => lines.map((line) => `${line}\n`).join(''))
    const machine = fc.record(Object.fromEntries(files.map((file) => [file, fc.option(content, { nil: undefined })])))
    await fc.assert(
      fc.asyncProperty(machine, fc.constantFrom(...starts(shell)), async (written, start) => {
        await removeHome(home)
        await mkdir(path.join(home, 'z'), { recursive: true })
        await mkdir(path.join(home, '.config/fish/conf.d'), { recursive: true })
        for (const [file, text] of Object.entries(written))
          if (text !== undefined) await writeFile(path.join(home, file), text)
        const places = linuxPlaces({
          home,
          environment: { XDG_DATA_HOME: '/dev/null' },
          uid: sys.identity.uid,
          username: 'u',
        })
        const world = new World(sys.identity.uid)
        const id: ShellId = shell
        const player = await played(sys, world, () => playStartup(id, start, given(), world, places))
        const real = await ask(shell, start)
        if (real === null) {
          count.silent++
          return
        }
        for (const one of NAMES) {
          const held = player.get(one)
          if (!held.sure || held.exported === null) {
            count.open++
            continue
          }
          count.claimed++
          const claim = held.there && held.exported ? held.text : null
          expect(`${one}=${claim}`, JSON.stringify(written)).toBe(`${one}=${real.get(one) ?? null}`)
        }
      }),
      { numRuns: CASES, ...SEED, endOnFailure: process.env['SHRINK'] !== '1' },
    )
  },
  300_000,
)

test('most of it is known without a question', () => {
  console.log(`agreement: ${JSON.stringify(count)}`)
  expect(count.claimed).toBeGreaterThan(count.open)
  expect(count.silent * 5).toBeLessThan(count.claimed)
})
