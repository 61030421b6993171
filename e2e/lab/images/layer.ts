import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { LabError } from '../process.ts'

/** One layer as a registry and an image configuration name it. Sizes in bytes. */
export type Layer = { file: string; digest: string; size: number; diffId: string; unpacked: number }

/** Everything in an image has this time, so that the same content has the same digest. */
const TIME = '@1783296000'

/** Packs the content of `folder` as a gzipped tar: sorted, owned by root, with a fixed time. */
export async function packLayer(folder: string, file: string): Promise<Layer> {
  const names = (await readdir(folder)).toSorted()
  const order = ['--sort=name', `--mtime=${TIME}`, '--owner=0', '--group=0', '--numeric-owner', '--format=gnu']
  const tar = spawn('tar', [...order, '-C', folder, '-cf', '-', '--', ...names], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  tar.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve, reject) => tar.on('close', resolve).on('error', reject))
  const plain = meter()
  const packed = meter()
  const [code] = await Promise.all([
    ended,
    pipeline(tar.stdout, plain.stream, createGzip({ level: 6 }), packed.stream, createWriteStream(file)),
  ])
  if (code !== 0) throw new LabError('tar', said)
  return {
    file,
    digest: packed.digest(),
    size: (await stat(file)).size,
    diffId: plain.digest(),
    unpacked: plain.bytes(),
  }
}

function meter(): { stream: Transform; digest: () => string; bytes: () => number } {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return { stream, digest: () => `sha256:${hash.digest('hex')}`, bytes: () => bytes }
}
