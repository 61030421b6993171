import { execFileSync } from 'node:child_process'
import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Desk } from '../harness.ts'

/** A home (and a system under `--root`) as it was before, and what is wished of it. */
export type Scenario = {
  name: string
  prepare(desk: Desk): void
  profile(desk: Desk): Record<string, unknown>
  /** Applied before, and no part of the sweep. */
  earlier?: (desk: Desk) => Record<string, unknown>
}

const USER = 1000

const wishes = (n: number, shells = ['bash', 'zsh', 'fish']): Record<string, unknown> => ({
  sources: {
    go: `https://goproxy${n}.example.com`,
    npm: `https://npm${n}.example.com/`,
    pip: `https://pip${n}.example.com/simple`,
  },
  private: ['git.example.com'],
  env: { shells, set: { GREETING: `hello ${n}` }, path: ['~/go/bin'] },
})

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

/** A home that somebody has lived in: links, rights, attributes and an access list of his own. */
function livedIn({ home }: Desk): void {
  put(join(home, 'dots/bashrc'), '# mine\nalias ll="ls -l"', 0o600)
  symlinkSync('dots/bashrc', join(home, '.bashrc'))
  put(join(home, '.profile'), '# mine\r\nPATH=$PATH:/opt/bin\r\n')
  put(join(home, '.zshenv'), '# mine\n', 0o640)
  put(join(home, '.npmrc'), '//old.example/:_authToken=hush\nregistry=https://old.example/\n', 0o600)
  put(join(home, '.config/pip/pip.conf'), '[global]\nindex-url = https://old.example/simple\n')
  put(join(home, '.config/go/env'), 'GOPROXY=https://old.example\nGOFLAGS=-mod=mod\n')
  put(join(home, '.config/fish/config.fish'), '# mine\n')
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'keep me', join(home, '.zshenv')])
  execFileSync('setfacl', ['-m', 'u:12345:r', join(home, '.profile')])
  own(home)
}

function own(path: string): void {
  lchownSync(path, USER, USER)
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) own(join(path, name))
}

function system({ dir, root }: Desk): void {
  put(join(root, 'etc/docker/daemon.json'), '{\n  "debug": true\n}\n', 0o640)
  put(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n')
  put(join(root, 'etc/apt/sources.list'), 'deb http://old.example.com/debian bookworm main\n')
  const files = ['-keyout', join(dir, 'key.pem'), '-out', join(dir, 'ca.pem')]
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=lab']
  execFileSync('openssl', ['req', ...options, '-days', '3650', ...files], { stdio: 'ignore' })
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'a fresh home', prepare: () => {}, profile: () => wishes(1) },
  { name: 'a home with files, links and attributes', prepare: livedIn, profile: () => wishes(1) },
  {
    name: 'system files: certificates, daemon.json, sources.list',
    prepare: system,
    profile: ({ dir }) => ({
      sources: {
        docker: ['https://hub.example.com', 'https://two.example.com:5000'],
        apt: 'http://mirror.example.com/debian',
      },
      authorities: [
        {
          file: join(dir, 'ca.pem'),
          for: ['docker'],
          client: { cert: join(dir, 'ca.pem'), key: join(dir, 'key.pem') },
        },
      ],
    }),
  },
  {
    name: 'a second run over an earlier one',
    prepare: livedIn,
    profile: () => wishes(2),
    earlier: () => wishes(1, ['fish']),
  },
]
