const BLOCK = 512

/**
 * A tar archive (ustar) that holds only folders, for `PUT /containers/ID/archive`: the engine makes them in
 * a volume with the owner that is named, without a program in the image. Names are relative, up to 100 bytes.
 */
export function tarFolders(names: readonly string[], owner: { uid: number; gid: number }, mode = 0o755): Buffer {
  return Buffer.concat([...names.map((name) => header(`${name}/`, owner, mode)), Buffer.alloc(2 * BLOCK)])
}

function header(name: string, owner: { uid: number; gid: number }, mode: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`a name of more than 100 bytes: ${name}`)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, 'utf8')
  block.write(octal(mode, 8), 100)
  writeId(block, 108, owner.uid)
  writeId(block, 116, owner.gid)
  block.write(octal(0, 12), 124)
  block.write(octal(0, 12), 136)
  block.write('        ', 148)
  block.write('5', 156)
  block.write('ustar\u000000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

/** Seven octal digits, or base 256 (GNU) for ids of directory services above 2,097,151. */
function writeId(block: Buffer, at: number, id: number): void {
  if (id < 0o10000000) {
    block.write(octal(id, 8), at, 'latin1')
    return
  }
  block[at] = 0x80
  block.writeUIntBE(id, at + 2, 6)
}
