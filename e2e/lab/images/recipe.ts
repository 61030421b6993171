import { createHash } from 'node:crypto'

/** Raise it when the code that builds the images changes what is in them. */
const REVISION = 2

/** Go for the newer images. The package's number is not its Go's: it holds 1.26.5, and a tag never lies about that. */
export const NEW_GO = {
  package: '@jcbhmr/go-linux-x64@1.26.7',
  integrity: 'sha512-OWlKA+K5xoJoERnhNtSQxKt9bYEkqIwaokiCXCP0AbuMTMdn3hjNUCua9qRnPlknRkWWKkTHjMcb96QnwHrvBw==',
  version: '1.26.5',
} as const

/** Go for the older images, from Debian 12. */
export const OLD_GO = { packages: ['golang-1.19-go', 'golang-1.19-src'], version: '1.19.8' } as const

/** What the Debian-like images consist of; no dependencies are followed. */
export const DEBIAN_BASE = [
  ...['base-files', 'base-passwd', 'libc6', 'libgcc-s1', 'libtinfo6', 'bash', 'dash', 'coreutils', 'libselinux1'],
  ...['libacl1', 'libattr1', 'libgmp10', 'libpcre2-8-0', 'libssl3', 'grep', 'sed', 'mawk', 'findutils', 'tar', 'gzip'],
] as const
export const DEBIAN_GIT = [
  ...['git', 'zlib1g', 'libcurl3-gnutls', 'libnghttp2-14', 'libidn2-0', 'librtmp1', 'libssh2-1', 'libpsl5'],
  ...['libnettle8', 'libhogweed6', 'libgnutls30', 'libgssapi-krb5-2', 'libldap-2.5-0', 'libzstd1', 'libbrotli1'],
  ...['libunistring2', 'libp11-kit0', 'libtasn1-6', 'libkrb5-3', 'libk5crypto3', 'libcom-err2', 'libkrb5support0'],
  ...['libsasl2-2', 'libffi8', 'libkeyutils1', 'libexpat1'],
] as const
export const DEBIAN_GCC = [
  ...['gcc', 'gcc-12', 'cpp-12', 'libgcc-12-dev', 'binutils', 'binutils-x86-64-linux-gnu', 'binutils-common'],
  ...['libbinutils', 'libctf0', 'libctf-nobfd0', 'libjansson4', 'libisl23', 'libmpc3', 'libmpfr6', 'libc6-dev'],
  ...['linux-libc-dev', 'make'],
] as const
export const CERTIFICATES = 'ca-certificates'

export type ImageId = 'alpine-new' | 'debian-new' | 'debian-old' | 'alpine-liar' | 'arm64'
export type LayerId =
  | 'busybox'
  | 'gcc'
  | 'debian'
  | 'git'
  | 'certificates'
  | 'go-new'
  | 'src-new'
  | 'go-old'
  | 'src-old'
  | 'gopath'

export type ImageRecipe = {
  id: ImageId
  variant: 'alpine' | 'debian'
  /** What stands in front of the tag's dash; as the catalogue's `base`. */
  base: string
  architecture: 'amd64' | 'arm64'
  layers: readonly LayerId[]
  /** GOLANG_VERSION, and what the tags claim. */
  claims: string
  /** The Go that really answers. */
  go: string
  tags: readonly string[]
}

const GO_NEW: readonly LayerId[] = ['go-new', 'src-new', 'gopath']
const alpine = { variant: 'alpine', base: 'alpine', architecture: 'amd64' } as const
const debian = { variant: 'debian', base: 'bookworm', architecture: 'amd64' } as const

export const IMAGES: readonly ImageRecipe[] = [
  {
    ...alpine,
    id: 'alpine-new',
    layers: ['busybox', 'certificates', ...GO_NEW],
    claims: NEW_GO.version,
    go: NEW_GO.version,
    tags: ['1.26.5-alpine', '1.26-alpine', '1-alpine', 'alpine'],
  },
  {
    ...debian,
    id: 'debian-new',
    layers: ['debian', 'git', 'certificates', 'gcc', ...GO_NEW],
    claims: NEW_GO.version,
    go: NEW_GO.version,
    tags: ['1.26.5', '1.26', '1', 'latest', '1.26.5-bookworm', '1.26-bookworm', 'bookworm'],
  },
  {
    ...debian,
    id: 'debian-old',
    layers: ['debian', 'git', 'certificates', 'gcc', 'go-old', 'src-old', 'gopath'],
    claims: OLD_GO.version,
    go: OLD_GO.version,
    tags: ['1.19.8', '1.19', '1.19.8-bookworm', '1.19-bookworm'],
  },
  {
    // For the test that the program notices: it claims 1.18 and answers with something else.
    ...alpine,
    id: 'alpine-liar',
    layers: ['busybox', 'certificates', ...GO_NEW],
    claims: '1.18.10',
    go: NEW_GO.version,
    tags: ['1.18-alpine'],
  },
  {
    // No manifest for this machine: "no matching manifest for linux/amd64".
    ...alpine,
    id: 'arm64',
    architecture: 'arm64',
    layers: ['gopath'],
    claims: NEW_GO.version,
    go: NEW_GO.version,
    tags: ['1.26-arm64only'],
  },
]

/** Changes with everything that decides what is in the images. */
export function recipeKey(): string {
  const all = [REVISION, NEW_GO, OLD_GO, DEBIAN_BASE, DEBIAN_GIT, DEBIAN_GCC, CERTIFICATES, IMAGES]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 12)
}
