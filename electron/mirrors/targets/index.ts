import type { TargetId } from '../../contract/mirror.ts'
import type { Adapter } from '../race/adapter.ts'
import { aptAdapter } from './apt.ts'
import type { RaceContext } from './context.ts'
import { dockerAdapter } from './docker.ts'
import { goAdapter } from './go.ts'
import { npmAdapter } from './npm.ts'
import { pipAdapter } from './pip.ts'

/** What a race has to know about a target. Throws `image-bad-reference` {image} for an image that is no reference. */
export function adapterFor(target: TargetId, context: RaceContext): Adapter {
  switch (target) {
    case 'go':
      return goAdapter(context.go, context.now)
    case 'docker':
      return dockerAdapter(context.docker, context.now)
    case 'npm':
      return npmAdapter(context.npm, context.now)
    case 'apt':
      return aptAdapter(context.apt, context.now)
    case 'pip':
      return pipAdapter(context.pip, context.now)
  }
}
