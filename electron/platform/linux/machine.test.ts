import { expect, test } from 'vitest'
import { MemorySystem } from '../../system/memory.ts'
import { linuxFacts } from './machine.ts'
import { linuxPlaces } from './places.ts'

const { signal } = new AbortController()

function facts(files: Record<string, string>, environment: Record<string, string>, uid = 1000) {
  const places = linuxPlaces({ environment: { HOME: '/home/u', ...environment }, uid, username: 'u' })
  return linuxFacts(new MemorySystem(files, uid), places, signal, { name: 'u', uid, gid: 1000 })
}

test('system and account', async () => {
  const files = {
    '/etc/os-release': 'NAME="Debian GNU/Linux"\nVERSION_ID=\'12\'\nEVIL=$(touch x)\n',
    '/etc/group': 'root:x:0:\nu:x:1000:\ndocker:x:999:a,u\nsudo:x:27:other\n',
    '/usr/bin/pkexec': '',
    '/usr/bin/sudo': '',
  }
  const { os, user, permissions } = await facts(files, { SUDO_USER: 'x' })
  expect(os).toMatchObject({ platform: 'linux', name: 'Debian GNU/Linux', version: '12' })
  expect(user).toMatchObject({ name: 'u', uid: 1000, root: false, behindSudo: null, groups: ['u', 'docker'] })
  expect(permissions.elevation).toBe('pkexec')
})

test('ways to administrator rights', async () => {
  const group = { '/etc/group': 'sudo:x:27:u\n' }
  expect((await facts({ ...group, '/usr/bin/sudo': '' }, {})).permissions.elevation).toBe('sudo')
  expect((await facts(group, {})).permissions.elevation).toBe('none')
  const root = await facts(group, { SUDO_USER: 'ann' }, 0)
  expect(root.permissions.elevation).toBe('root')
  expect(root.user.behindSudo).toBe('ann')
})

test('proxies: no password is shown, a loopback is marked', async () => {
  const { proxies } = await facts(
    { '/x': '' },
    {
      HTTPS_PROXY: 'http://ann:secret@127.0.0.1:7890',
      http_proxy: 'proxy.example:3128',
      NO_PROXY: 'localhost',
      all_proxy: '',
    },
  )
  expect(proxies).toEqual([
    { name: 'HTTPS_PROXY', value: 'http://***@127.0.0.1:7890', from: 'environment', loopback: true },
    { name: 'http_proxy', value: 'proxy.example:3128', from: 'environment', loopback: false },
    { name: 'NO_PROXY', value: 'localhost', from: 'environment', loopback: false },
  ])
})
