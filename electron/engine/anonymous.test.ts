import { expect, test } from 'vitest'
import { anonymous } from './anonymous.ts'

const of = (known: Partial<Parameters<typeof anonymous>[0]> = {}) =>
  anonymous({ user: 'chen', home: '/home/chen', hosts: [], known: [], ...known })

test('the home and the account go, in either spelling, and words that hold the name stay', () => {
  const hide = of()
  expect(hide('/home/chen/.config/go/env of chen, kitchen')).toBe('~/.config/go/env of user, kitchen')
  const windows = of({ home: 'C:/Users/chen' })
  expect(windows('C:\\Users\\chen\\go and "C:\\\\Users\\\\chen\\\\go"')).toBe('~\\go and "~\\\\go"')
})

test('an account that is named like a word of the report leaves the report readable', () => {
  expect(of({ user: 'go', home: '/home/go' })('go.env-bom: /home/go/env, go 1.26')).toBe('go.env-bom: ~/env, go 1.26')
})

test('the same private host gets the same word, longer names first, and parts of other names stay', () => {
  const hide = of({ hosts: ['lab.example', 'git.lab.example', 'LAB.example'] })
  const shown = hide('https://git.lab.example/x https://lab.example:8443 lab.example. my-lab.example lab.example.org')
  expect(shown).toBe(
    'https://private-host-1/x https://private-host-2:8443 private-host-2. my-lab.example lab.example.org',
  )
})

test('hosts that everybody knows, and this machine itself, are told', () => {
  const hide = of({
    hosts: ['proxy.golang.org', 'localhost', '127.0.0.1', 'mirror.school.example', 'own.school.example'],
    known: ['mirror.school.example'],
  })
  const text = 'proxy.golang.org localhost:3000 127.0.0.1 mirror.school.example'
  expect(hide(text)).toBe(text)
  expect(hide('own.school.example')).toBe('private-host-1')
})

test('private addresses go, each with a word of its own; public ones and versions stay', () => {
  const hide = of()
  expect(hide('10.1.2.3 192.168.0.1 10.1.2.3 172.20.0.1 100.64.0.1 fd12:3456::1')).toBe(
    'private-address-1 private-address-2 private-address-1 private-address-3 private-address-4 private-address-5',
  )
  const told = '8.8.8.8 172.32.0.1 110.1.2.3 go1.26.5 2001:db8::1'
  expect(hide(told)).toBe(told)
})

test('tokens go', () => {
  expect(of()('https://me:secret@host.example TOKEN=abcdefgh')).not.toMatch(/secret|abcdefgh/)
})

test('a folder whose name begins as the home does is another one', () => {
  const hide = anonymous({ user: 'ann', home: '/home/ann', hosts: [], known: [] })
  expect(hide('/home/ann/go, /home/ann2/go, /home/ann.')).toBe('~/go, /home/ann2/go, ~.')
})
