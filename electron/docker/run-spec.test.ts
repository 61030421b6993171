import { expect, test } from 'vitest'
import { checkFolder, type RunRequest, runSpec } from './run-spec.ts'
import { infoSchema } from './state.ts'

const request: RunRequest = {
  image: 'golang:1.26',
  argv: ['go', 'build', './...'],
  cwd: '/home/ann/project',
  uid: 1000,
  gid: 1001,
  home: '/home/ann',
  goEnv: { GOPROXY: 'https://goproxy.cn|direct', GOCACHE: '/host/cache', HOME: '/evil' },
  environment: { HTTPS_PROXY: 'http://10.0.0.1:3128', HTTP_PROXY: 'http://127.0.0.1:1', LANG: 'zh_CN.UTF-8', TERM: '' },
  interactive: false,
  stdin: false,
}
const info = (...SecurityOptions: string[]) => infoSchema.parse({ SecurityOptions })

test('a run has the person’s id, the folder at /work, the cache volume and the Go settings', () => {
  const spec = runSpec(request, '/bin/sh', 'cache-1000', info('name=seccomp,profile=default'))
  expect(spec).toMatchObject({
    argv: ['go', 'build', './...'],
    user: '1000:1001',
    workingDir: '/work',
    tty: false,
    stdin: false,
    mounts: [
      { Type: 'bind', Source: '/home/ann/project', Target: '/work' },
      { Type: 'volume', Source: 'cache-1000' },
    ],
    host: {},
  })
  expect(spec.env).toEqual({
    HTTPS_PROXY: 'http://10.0.0.1:3128',
    LANG: 'zh_CN.UTF-8',
    GOPROXY: 'https://goproxy.cn|direct',
    HOME: '/goready/home',
    GOPATH: '/goready/cache/gopath',
    GOMODCACHE: '/goready/cache/mod',
    GOCACHE: '/goready/cache/build',
  })
})

test('a shell has a terminal', () => {
  const spec = runSpec({ ...request, argv: null, interactive: true }, '/bin/bash', 'v', info())
  expect(spec).toMatchObject({ argv: ['/bin/bash'], tty: true, stdin: true, env: { TERM: 'xterm' } })
})

test('engines that move ids or labels get what keeps the files the person’s', () => {
  expect(runSpec(request, '', 'v', info('name=rootless')).user).toBe('0:0')
  expect(runSpec({ ...request, uid: -1, gid: -1 }, '', 'v', info()).user).toBe('0:0')
  expect(runSpec(request, '', 'v', info('name=userns')).host).toEqual({ UsernsMode: 'host' })
  expect(runSpec(request, '', 'v', info('name=selinux')).host).toEqual({ SecurityOpt: ['label=disable'] })
})

test('whole disks and relative folders are refused, the home is warned about', () => {
  for (const folder of ['/', '//', 'C:\\', 'D:', 'relative', ''])
    expect(() => checkFolder(folder, '/home/ann')).toThrow('bad-arguments')
  expect(checkFolder('/home/ann/', '/home/ann')?.id).toBe('docker.home-mounted')
  expect(checkFolder('/home/ann/x', '/home/ann')).toBeNull()
})
