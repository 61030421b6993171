import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Value } from '../../contract/plan.ts'
import { fromBinary, toBinary } from '../binary.ts'
import { envCshFormat, envFishFormat, environmentDFormat, envPs1Format, envShFormat } from './env-text.ts'

const formats = [envShFormat, envFishFormat, envCshFormat, envPs1Format, environmentDFormat]
const text = (bytes: Uint8Array | null): string | null => bytes && toBinary(bytes)
const HEADER = '# GoReady keeps this file: variables and PATH entries, nothing else.\n'

test('writes sh that quotes everything', () => {
  const bytes = envShFormat.edit(null, [
    { key: 'var:A', after: "it's $(x)" },
    { key: 'path:~/go/bin', after: true },
  ])
  expect(text(bytes)).toBe(
    `${HEADER}export A='it'\\''s $(x)'\n` +
      `case ":\${PATH-}:" in *:"$HOME"/'go/bin':*) ;; *) PATH="\${PATH:+\${PATH}:}""$HOME"/'go/bin'; export PATH ;; esac\n`,
  )
})

test('writes fish that quotes everything', () => {
  const bytes = envFishFormat.edit(null, [
    { key: 'var:A', after: "it's \\n" },
    { key: 'path:/opt/x', after: true },
  ])
  expect(text(bytes)).toBe(
    `${HEADER}set -gx A 'it\\'s \\\\n'\ncontains -- '/opt/x' $PATH; or set -gx PATH $PATH '/opt/x'\n`,
  )
})

test('writes csh, whose history and backslashes stay outside the quotes', () => {
  const bytes = envCshFormat.edit(null, [
    { key: 'var:A', after: "it's !\\ $(x)" },
    { key: 'path:~/go/bin', after: true },
    { key: 'path:/opt/*', after: true },
  ])
  const guard = 'if ( ! $?PATH ) setenv PATH /usr/bin:/bin\n'
  expect(text(bytes)).toBe(
    `${HEADER}setenv A 'it'\\''s '\\!\\\\' $(x)'\n` +
      `${guard}if ( ":\${PATH}:" !~ *:"$HOME"/'go/bin':* ) setenv PATH "\${PATH}:""$HOME"/'go/bin'\n` +
      `${guard}if ( ":\${PATH}:" !~ *:'/opt/'[*]:* ) setenv PATH "\${PATH}:"'/opt/*'\n`,
  )
})

test('writes PowerShell with every kind of single quote doubled', () => {
  const bytes = envPs1Format.edit(null, [
    { key: 'var:A', after: "it's \u2019; $(x) `n" },
    { key: 'path:~/go/bin', after: true },
    { key: "path:/opt/it's", after: true },
  ])
  const separator = '[IO.Path]::PathSeparator'
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes ?? new Uint8Array())).toBe(
    `\ufeff${HEADER}$env:A = 'it''s \u2019\u2019; $(x) \`n'\n` +
      `if (($env:PATH -split ${separator}) -cnotcontains ("$HOME/" + 'go/bin')) { $env:PATH += ${separator} + ("$HOME/" + 'go/bin') }\n` +
      `if (($env:PATH -split ${separator}) -cnotcontains '/opt/it''s') { $env:PATH += ${separator} + '/opt/it''s' }\n`,
  )
})

test('writes environment.d, where a dollar sign counts inside all quotes', () => {
  const bytes = environmentDFormat.edit(null, [
    { key: 'var:A', after: 'it\'s "$(x)" \\ $$' },
    { key: 'path:~/go/bin', after: true },
    { key: 'path:/opt/$x', after: true },
  ])
  expect(text(bytes)).toBe(
    `${HEADER}A="it's \\"$$(x)\\" \\\\ $$$$"\nPATH="\${PATH:+$PATH:}$HOME/go/bin"\nPATH="\${PATH:+$PATH:}/opt/$$x"\n`,
  )
})

test.each(formats)('$id: nothing left is no file; a comment of the user is something', (format) => {
  const one = format.edit(null, [{ key: 'var:A', after: '1' }])
  expect(format.edit(one, [{ key: 'var:A', after: null }])).toBeNull()
  const noted = fromBinary(`${text(one)}# mine\n`)
  expect(text(format.edit(noted, [{ key: 'var:A', after: null }]))?.replace(/^\xef\xbb\xbf/, '')).toBe(
    `${HEADER}# mine\n`,
  )
  expect(format.edit(null, [{ key: 'var:A', after: null }])).toBeNull()
})

test.each(formats)('$id: what we did not write is refused with its line', (format) => {
  const own = text(format.edit(null, [{ key: 'var:A', after: 'x' }])) ?? ''
  const spoilt = [
    'touch canary\n',
    own.slice(HEADER.length, -1),
    `${own.slice(HEADER.length, -2)}\n`,
    own.slice(HEADER.length),
  ]
  for (const [index, extra] of spoilt.entries()) {
    // A second statement without its line end, without its closing quote, or for the same name again.
    const file = fromBinary(own + extra)
    expect(() => format.read(file), String(index)).toThrow(
      expect.objectContaining({ code: 'unparsable-file', values: { line: 3 } }),
    )
    expect(() => format.edit(file, [])).toThrow()
  }
  expect(() => format.read(fromBinary(own.replaceAll('\n', '\r\n')))).toThrow()
})

test.each(formats)('$id: reads back exactly what it wrote', (format) => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom("'", '\\', '"', '$', '(', ')', '`', '\n', '\r', '!', '-', '\u202e', '😀', '名', ' '),
    }),
    fc.constantFrom('__proto__', '$(touch canary)', "'; touch canary; '", '`x`', "\\'", "''", '-rf'),
  )
  const value = hostile.map((one) => one.replaceAll('\0', ''))
  const path = fc.tuple(fc.constantFrom('/', '~/'), value).map(([lead, rest]) => lead + rest.replaceAll(':', ''))
  const entry = fc.oneof(
    fc.tuple(name, value).map(([key, one]): [string, Value] => [`var:${key}`, one]),
    path.map((one): [string, Value] => [`path:${one}`, true]),
  )
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), (entries) => {
      const edits = entries.map(([key, after]) => ({ key, after }))
      const once = format.edit(null, edits)
      expect(format.read(once)).toEqual(new Map(entries))
      expect(format.edit(once, edits)).toEqual(once)
      expect(
        format.edit(
          once,
          edits.map(({ key }) => ({ key, after: null })),
        ),
      ).toBeNull()
    }),
  )
})

test.each(formats)('$id: refuses names and paths that it could not keep apart', (format) => {
  for (const edit of [
    { key: 'var:A B', after: 'x' },
    { key: 'var:PATH', after: '/usr/bin' },
    { key: 'var:A', after: 'x\0' },
    { key: 'path:relative', after: true },
    { key: 'path:/a:/b', after: true },
    { key: 'other', after: 'x' },
  ])
    expect(() => format.edit(null, [edit])).toThrow(TypeError)
})
