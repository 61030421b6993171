/** Files that call themselves profiles and mean harm to whoever reads them, by name. All below 12 MB. */
export const HOSTILE: Readonly<Record<string, () => string | Uint8Array>> = {
  'a bomb of anchors': () =>
    ['a: &a [x, x, x, x, x, x, x, x, x]', ...Array.from({ length: 9 }, (_, at) => bomb(at))].join('\n'),
  'aliases without an end': () => 'version: 1\nenv: &e\n  set: *e\n',
  'merge keys': () => 'version: 1\nx: &x { image: newest }\n<<: *x\n',
  '__proto__ and constructor': () => 'version: 1\n__proto__: { image: newest }\nconstructor: { prototype: { x: 1 } }\n',
  'a tag of JavaScript': () => 'version: 1\nimage: !!js/function "function () { return process.exit(0) }"\n',
  'a tag of Python': () => 'version: 1\nimage: !!python/object/apply:os.system ["touch x"]\n',
  'a tag of binary': () => 'version: 1\nremark: !!binary "aGVsbG8="\n',
  '100,000 levels of brackets': () => `version: ${'['.repeat(100_000)}`,
  '50,000 levels of braces': () => '{a: '.repeat(50_000),
  '100,000 dashes': () => '- '.repeat(100_000),
  '80,000 question marks': () => '? '.repeat(80_000),
  'deep maps of lines': () => Array.from({ length: 600 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
  'brackets behind marks of the lexer': () => `[${'\u001f['.repeat(80_000)}`,
  'one scalar of 10 MB': () => `version: 1\nremark: ${'x'.repeat(10_000_000)}\n`,
  'a folded scalar of 200,000 characters': () => `version: 1\nremark: >\n${'  x\n'.repeat(50_000)}`,
  '20,000 keys': () => Array.from({ length: 20_000 }, (_, at) => `key${at}: 1`).join('\n'),
  'one key 20,000 times': () => `version: 1\n${'env: {}\n'.repeat(20_000)}`,
  '60,000 documents': () => '---\n'.repeat(60_000),
  'NUL in the file': () => 'version: 1\nimage: gol\u0000ang\n',
  'half of a surrogate pair': () => 'version: 1\nremark: "\\ud800"\n',
  'line ends of another age': () => 'version: 1\rimages: newest\r',
  'UTF-16 with its mark': () => Buffer.from('\ufeffversion: 1\nimage: newest\n', 'utf16le'),
  'no text at all': () => Uint8Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 256),
  'errors without an end': () => '\t@%`\n'.repeat(40_000),
}

const bomb = (at: number): string => {
  const [name, before] = ['bcdefghij'.charAt(at), 'abcdefghi'.charAt(at)]
  return `${name}: &${name} [${`*${before}, `.repeat(9)}]`
}
