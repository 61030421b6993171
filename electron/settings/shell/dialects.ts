import { decode, encode } from '../binary.ts'
import {
  escapeEnvironmentD,
  patternCsh,
  pathPowerShell,
  pathWord,
  quoteCsh,
  quoteEnvironmentD,
  quoteFish,
  quotePowerShell,
  quoteSh,
  unescapeEnvironmentD,
  unquoteCsh,
  unquoteFish,
  unquotePowerShell,
  unquoteSh,
} from './quote.ts'

export const NAME = '[A-Za-z_][A-Za-z0-9_]*'

/** How one language writes the two statements. All strings are binary strings. */
export type Dialect = {
  /** What a new file begins with. */
  head: string
  variable(name: string, value: string): string
  path(path: string): string
  /** Sticky; group 1 the name, group 2 the quoted value. */
  variablePattern: RegExp
  /** Sticky; group 1 what stands for the home or empty, group 2 the quoted rest. */
  pathPattern: RegExp
  unquote(word: string): string
}

const HEADER = '# GoReady keeps this file: variables and PATH entries, nothing else.\n'

/** POSIX sh, read by bash, zsh and dash. */
export const sh: Dialect = {
  head: HEADER,
  variable: (name, value) => `export ${name}=${quoteSh(value)}\n`,
  path(path) {
    const word = pathWord(path, quoteSh)
    return `case ":\${PATH-}:" in *:${word}:*) ;; *) PATH="\${PATH:+\${PATH}:}"${word}; export PATH ;; esac\n`
  },
  variablePattern: new RegExp(`export (${NAME})=('[^']*'(?:\\\\''[^']*')*)\\n`, 'y'),
  pathPattern: /case ":\$\{PATH-\}:" in \*:("\$HOME"\/)?('[^']*'(?:\\''[^']*')*):\*\)/y,
  unquote: unquoteSh,
}

export const fish: Dialect = {
  head: HEADER,
  variable: (name, value) => `set -gx ${name} ${quoteFish(value)}\n`,
  path(path) {
    const word = pathWord(path, quoteFish)
    return `contains -- ${word} $PATH; or set -gx PATH $PATH ${word}\n`
  },
  variablePattern: new RegExp(`set -gx (${NAME}) ('(?:[^'\\\\]|\\\\[\\\\'])*')\\n`, 'y'),
  pathPattern: /contains -- ("\$HOME"\/)?('(?:[^'\\]|\\[\\'])*') \$PATH;/y,
  unquote: unquoteFish,
}

const CSH_WORD = `(?:'(?:[^'!\\\\\\n]|\\\\\\n)*'|\\\\[!'\\\\])+`

/** csh and tcsh. A PATH that is not set would end the file with an error, so it gets a plain one first. */
export const csh: Dialect = {
  head: HEADER,
  variable: (name, value) => `setenv ${name} ${quoteCsh(value)}\n`,
  path(path) {
    const pattern = path.startsWith('~/') ? `"$HOME"/${patternCsh(path.slice(2))}` : patternCsh(path)
    const word = pathWord(path, quoteCsh)
    return (
      'if ( ! $?PATH ) setenv PATH /usr/bin:/bin\n' +
      `if ( ":\${PATH}:" !~ *:${pattern}:* ) setenv PATH "\${PATH}:"${word}\n`
    )
  },
  variablePattern: new RegExp(`setenv (${NAME}) (${CSH_WORD})\\n`, 'y'),
  pathPattern: new RegExp(
    'if \\( ! \\$\\?PATH \\) setenv PATH /usr/bin:/bin\\nif \\( ":\\$\\{PATH\\}:" !~ \\*:(?:"\\$HOME"/)?' +
      `(?:${CSH_WORD}|\\[[*?[]\\])*:\\* \\) setenv PATH "\\$\\{PATH\\}:"("\\$HOME"/)?(${CSH_WORD})\\n`,
    'y',
  ),
  unquote: unquoteCsh,
}

/** A file without the mark is read in the system's own code page by Windows PowerShell 5.1. */
const BOM = encode('\ufeff')
const PS_WORD = `'(?:[^']|'')*'`

export const powershell: Dialect = {
  head: BOM + HEADER,
  variable: (name, value) => `$env:${name} = ${encode(quotePowerShell(decode(value)))}\n`,
  path(path) {
    const word = encode(pathPowerShell(decode(path)))
    const separator = '[IO.Path]::PathSeparator'
    return `if (($env:PATH -split ${separator}) -cnotcontains ${word}) { $env:PATH += ${separator} + ${word} }\n`
  },
  variablePattern: new RegExp(`\\$env:(${NAME}) = (${PS_WORD})\\n`, 'y'),
  pathPattern: new RegExp(
    `if \\(\\(\\$env:PATH -split \\[IO\\.Path\\]::PathSeparator\\) -cnotcontains (\\("\\$HOME/" \\+ )?(${PS_WORD})`,
    'y',
  ),
  unquote: (word) => encode(unquotePowerShell(decode(word))),
}

/** What systemd gives to graphical programs. A variable without a value is an error there: it has to be left out. */
export const environmentD: Dialect = {
  head: HEADER,
  variable: (name, value) => `${name}=${quoteEnvironmentD(value)}\n`,
  path(path) {
    const word = path.startsWith('~/') ? `$HOME/${escapeEnvironmentD(path.slice(2))}` : escapeEnvironmentD(path)
    return `PATH="\${PATH:+$PATH:}${word}"\n`
  },
  variablePattern: new RegExp(`(?!PATH=)(${NAME})=("(?:[^"\\\\]|\\\\[\\\\"])*")\\n`, 'y'),
  pathPattern: /PATH="\$\{PATH:\+\$PATH:\}(\$HOME\/)?((?:[^"\\]|\\[\\"])*)"\n/y,
  unquote: (word) => unescapeEnvironmentD(word.startsWith('"') ? word.slice(1, -1) : word),
}
