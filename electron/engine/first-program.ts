import { Writable } from 'node:stream'
import type { TagList } from '../contract/image.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError, writeError } from '../core/errors.ts'
import { under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { createLineSplitter, type LineSplitter } from '../docker/line-splitter.ts'
import { golangTag } from '../docker/reference.ts'
import { minorOf, parseTag } from '../docker/tag-grammar.ts'
import type { RunRequest } from './run-request.ts'

/** What the program says, in the person's language. */
export type ProgramWords = { comment: string; hello: string }
export type ProgramResult = { folder: string; output: string }

export type ProgramTools = {
  sys: System
  places: Places
  runInImage(request: RunRequest, signal: AbortSignal): Promise<number>
  tags(signal: AbortSignal): Promise<TagList>
}

/** Characters of output that are kept. */
const MAX_OUTPUT = 64 * 1024
/** More folders of this name nobody has. */
const MAX_FOLDERS = 1000

/**
 * Makes a folder with a first program in the home, and builds and runs it in the image. A folder that is
 * there is never touched: the next one gets a number. Where it fails, what was made is taken away again.
 * Throws `container-failed` {image} with the output as cause, and writing errors.
 */
export async function firstProgram(
  image: string,
  words: ProgramWords,
  { sys, places, runInImage, tags }: ProgramTools,
  report: (event: TaskReport) => void,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const files = programFiles(await goLine(image, tags, signal), words)
  const folder = await makeFolder(places.home, files, sys)
  try {
    const { stream, text } = collect((line) => report({ type: 'log', line }))
    const code = await runInImage(
      {
        image,
        argv: ['go', 'run', '.'],
        cwd: folder,
        interactive: false,
        streams: { stdin: null, stdout: stream(), stderr: stream() },
        warn: () => {},
      },
      signal,
    )
    if (code !== 0) throw new CodedError('container-failed', { image }, text())
    return { folder, output: text() }
  } catch (error) {
    await remove(folder, Object.keys(files), sys)
    throw error
  }
}

/** The minor version that the image has for sure; null where nobody knows it. */
async function goLine(image: string, tags: ProgramTools['tags'], signal: AbortSignal): Promise<string | null> {
  if (!image.startsWith('newest')) return minorOf(parseTag(golangTag(image) ?? '').go)
  const list = await tags(signal)
  return minorOf(list.tags.find(({ role }) => role === image)?.go ?? '')
}

/** Without a `go` line the language is that of Go 1.16, which every image still understands. */
export function programFiles(go: string | null, { comment, hello }: ProgramWords): Readonly<Record<string, string>> {
  return {
    'go.mod': go === null ? 'module hello\n' : `module hello\n\ngo ${go}\n`,
    'main.go': `// ${comment}
package main

import (
\t"fmt"
\t"runtime"
)

func main() {
\tfmt.Println(${JSON.stringify(hello)}, runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
}
`,
  }
}

async function makeFolder(home: string, files: Readonly<Record<string, string>>, sys: System): Promise<string> {
  const stat = await sys.lstat(await sys.resolve(home))
  const owner = stat === null ? sys.identity : { uid: stat.uid, gid: stat.gid }
  for (let number = 1; number <= MAX_FOLDERS; number++) {
    const folder = under(home, number === 1 ? 'goready-hello' : `goready-hello-${number}`)
    if (await sys.lstat(folder)) continue
    try {
      await sys.makeDir(folder, 0o755, owner.uid, owner.gid)
      for (const [name, text] of Object.entries(files)) {
        const temporary = under(folder, `.${name}.new`)
        const bytes = new TextEncoder().encode(text)
        await sys.replaceFile(under(folder, name), bytes, { mode: 0o644, ...owner, temporary })
      }
    } catch (error) {
      throw writeError(error, folder)
    }
    return folder
  }
  throw new CodedError('io', { path: under(home, 'goready-hello') })
}

/** Only what was made here; a folder in which more stands by now stays. */
async function remove(folder: string, names: readonly string[], sys: System): Promise<void> {
  try {
    for (const name of names) await sys.removeFile(under(folder, name))
    await sys.removeDir(folder)
  } catch {
    // The error that brought us here tells more.
  }
}

/** Streams that hand on whole lines and keep the text. */
function collect(tell: (line: string) => void): { stream(): Writable; text(): string } {
  let kept = ''
  const splitters: LineSplitter[] = []
  const line = (text: string): void => {
    if (kept.length < MAX_OUTPUT) kept += `${text}\n`
    tell(text)
  }
  return {
    stream() {
      const lines = createLineSplitter()
      splitters.push(lines)
      return new Writable({
        write(chunk: Uint8Array, _encoding, done) {
          for (const text of lines.push(chunk)) line(text)
          done()
        },
      })
    },
    /** Once, when the program has ended: a last line may lack its end. */
    text() {
      for (const text of splitters.splice(0).flatMap((lines) => lines.end())) line(text)
      return kept.trimEnd()
    },
  }
}
