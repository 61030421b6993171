import { type ImageName, parseImage } from '../contract/grammar.ts'
import type { TagList } from '../contract/image.ts'
import { CodedError } from '../core/errors.ts'

/**
 * `newest` and `newest-alpine` become the tag that the list recommends; a reference gets its tag spelled out
 * (`golang` → `golang:latest`), without the registry and `library/` of Docker Hub.
 * Errors: `image-bad-reference` {image}; `image-not-found` {image} when the list has no such tag.
 */
export function resolveImage(image: string, list: TagList): string {
  if (image === 'newest' || image === 'newest-alpine') {
    const tag = list.tags.find(({ role }) => role === image)
    if (!tag) throw new CodedError('image-not-found', { image })
    return `golang:${tag.tag}`
  }
  return familiar(readImage(image))
}

/** The parts of a reference. Errors: `image-bad-reference` {image}. */
export function readImage(image: string): ImageName {
  const name = parseImage(image)
  if (!name) throw new CodedError('image-bad-reference', { image })
  return name
}

/** The repository as a person writes it: `golang`, `corp/tool`, `host:5000/golang`. */
export function familiarRepository({ registry, repository }: ImageName): string {
  return registry === 'docker.io' ? repository.replace(/^library\//, '') : `${registry}/${repository}`
}

/** The whole reference as a person writes it. */
export function familiar(name: ImageName): string {
  const tag = name.tag === '' ? '' : `:${name.tag}`
  return `${familiarRepository(name)}${tag}${name.digest === null ? '' : `@${name.digest}`}`
}

/** The tag of a reference to a golang image, whichever registry it comes from; null for another image. */
export function golangTag(image: string): string | null {
  const name = parseImage(image)
  return name && /(^|\/)golang$/.test(name.repository) && name.tag !== '' ? name.tag : null
}
