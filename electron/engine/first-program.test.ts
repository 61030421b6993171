import { expect, test } from 'vitest'
import { testPlaces } from '../docker/test-places.ts'
import { MemorySystem } from '../system/memory.ts'
import { firstProgram, type ProgramTools, programFiles } from './first-program.ts'

const WORDS = { comment: '你的第一个程序', hello: '你好 "Go"' }
const FOLDER = '/home/ann/goready-hello'
const signal = new AbortController().signal

function bench(run: ProgramTools['runInImage']) {
  const sys = new MemorySystem()
  sys.folder('/home/ann')
  const lines: string[] = []
  const start = (image: string) =>
    firstProgram(
      image,
      WORDS,
      {
        sys,
        places: testPlaces(),
        runInImage: run,
        tags: () => Promise.resolve({ from: 'catalogue', source: '', catalogueDate: '', tags: [] }),
      },
      (event) => {
        if (event.type === 'log') lines.push(event.line)
      },
      signal,
    )
  return { sys, lines, start }
}

test('the program stands in a folder of its own and is built and run there', async () => {
  const { sys, lines, start } = bench(async (request) => {
    expect(request).toMatchObject({ image: 'golang:1.26.7', argv: ['go', 'run', '.'], cwd: FOLDER, interactive: false })
    request.streams.stderr.write(Buffer.from('go: downloading\n'))
    request.streams.stdout.write(Buffer.from('你好').subarray(0, 4))
    request.streams.stdout.write(Buffer.from('你好').subarray(4))
    return 0
  })
  expect(await start('golang:1.26.7')).toEqual({ folder: FOLDER, output: 'go: downloading\n你好' })
  expect(lines).toEqual(['go: downloading', '你好'])
  expect(sys.text(`${FOLDER}/go.mod`)).toBe('module hello\n\ngo 1.26\n')
  expect(sys.text(`${FOLDER}/main.go`)).toContain('fmt.Println("你好 \\"Go\\"", runtime.Version()')
})

test('a folder that is there is never touched', async () => {
  const { sys, start } = bench(() => Promise.resolve(0))
  sys.put(`${FOLDER}/mine.go`, 'mine')
  expect((await start('golang:1.26')).folder).toBe(`${FOLDER}-2`)
  expect((await start('golang:1.26')).folder).toBe(`${FOLDER}-3`)
  expect(sys.text(`${FOLDER}/mine.go`)).toBe('mine')
})

test('what fails leaves no folder, and says what the program said', async () => {
  const { sys, start } = bench(async (request) => {
    request.streams.stderr.write(Buffer.from('main.go:3: no'))
    return 1
  })
  await expect(start('golang:1.26')).rejects.toMatchObject({
    code: 'container-failed',
    values: { image: 'golang:1.26' },
    cause: 'main.go:3: no',
  })
  expect(await sys.lstat(FOLDER)).toBeNull()
})

test('files that somebody put there meanwhile stay', async () => {
  const { sys, start } = bench(() => {
    sys.put(`${FOLDER}/notes.txt`, 'mine')
    return Promise.reject(new Error('gone'))
  })
  await expect(start('golang:1.26')).rejects.toThrow('gone')
  expect(await sys.list(FOLDER)).toEqual(['notes.txt'])
})

test('an image that tells no version gets a module without a go line', () => {
  expect(programFiles(null, WORDS)['go.mod']).toBe('module hello\n')
})
