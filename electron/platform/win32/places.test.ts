import { expect, test } from 'vitest'
import { nativePath, win32Places } from './places.ts'

const environment = {
  SystemDrive: 'C:',
  SystemRoot: 'C:\\Windows',
  USERPROFILE: 'C:\\Users\\陈杰',
  AppData: 'C:\\Users\\陈杰\\AppData\\Roaming',
  LocalAppData: 'C:\\Users\\陈杰\\AppData\\Local',
  ProgramData: 'C:\\ProgramData',
  ProgramFiles: 'C:\\Program Files',
  Path: 'C:\\Windows\\system32;C:\\Go\\bin',
}
const at = (more: Record<string, string> = {}, options: { home?: string; root?: string } = {}) =>
  win32Places({ environment: { ...environment, ...more }, username: '陈杰', ...options })

test('a Chinese home, in one form of path', () => {
  const places = at()
  expect(places).toMatchObject({
    platform: 'win32',
    home: 'C:/Users/陈杰',
    root: 'C:/',
    otherHome: false,
    otherRoot: false,
    state: 'C:/Users/陈杰/AppData/Local/goready',
    goenv: 'C:/Users/陈杰/AppData/Roaming/go/env',
    netrc: 'C:/Users/陈杰/_netrc',
    docker: {
      configDir: 'C:/Users/陈杰/.docker',
      daemonJson: {
        system: 'C:/ProgramData/docker/config/daemon.json',
        desktop: 'C:/Users/陈杰/.docker/daemon.json',
      },
    },
    npm: { userconfig: 'C:/Users/陈杰/.npmrc' },
    pip: { user: ['C:/Users/陈杰/pip/pip.ini', 'C:/Users/陈杰/AppData/Roaming/pip/pip.ini'] },
  })
  expect(places.docker.sockets.map(({ address }) => address)).toContain('npipe:////./pipe/docker_engine')
  expect(JSON.stringify({ ...places, environment: {} })).not.toContain('\\')
  expect(nativePath(places.home)).toBe('C:\\Users\\陈杰')
})

test('names of variables count in any case', () => {
  expect(at().environment).toMatchObject({ PATH: 'C:\\Windows\\system32;C:\\Go\\bin', HOME: 'C:\\Users\\陈杰' })
  expect(at({ goenv: 'D:\\go\\my env' }).goenv).toBe('D:/go/my env')
  expect(at({ GoEnv: 'off' }).goenv).toBeNull()
  expect(at({ GOENV: 'relative\\env' }).goenv).toBe('C:/Users/陈杰/AppData/Roaming/go/env')
  expect(at({ npm_config_userconfig: 'E:/x/.npmrc' }).npm.userconfig).toBe('E:/x/.npmrc')
  expect(at({ PIP_CONFIG_FILE: 'NUL' }).pip.user).toEqual([])
})

test('another home has folders of its own, and nothing that tells about the real one', () => {
  const places = at({ GOENV: 'D:\\env', NETRC: 'D:\\n', Docker_Config: 'D:\\d' }, { home: 'D:\\测试 家' })
  expect(places).toMatchObject({
    home: 'D:/测试 家',
    otherHome: true,
    state: 'D:/测试 家/AppData/Local/goready',
    goenv: 'D:/测试 家/AppData/Roaming/go/env',
    netrc: 'D:/测试 家/_netrc',
    docker: { configDir: 'D:/测试 家/.docker' },
  })
  expect(places.environment).toMatchObject({ USERPROFILE: 'D:\\测试 家', APPDATA: 'D:\\测试 家\\AppData\\Roaming' })
})

test('another root has no engine of the machine', () => {
  const places = at({ DOCKER_HOST: 'npipe:////./pipe/x' }, { root: 'D:\\root' })
  expect(places.root).toBe('D:/root')
  expect(places.docker.daemonJson.system).toBe('D:/root/ProgramData/docker/config/daemon.json')
  expect(places.docker.sockets.every(({ address }) => address.startsWith('unix://D:/root/'))).toBe(true)
  expect(places.environment).not.toHaveProperty('DOCKER_HOST')
})

test('a server’s home and a drive of its own', () => {
  expect(at({ USERPROFILE: '\\\\server\\homes\\u\\' }).home).toBe('//server/homes/u')
  expect(win32Places({ environment: {}, username: 'u' }).home).toBe('C:/Users/u')
})
