// Usage: globalSetup of the integration tests — builds the command line that they start.
import { build } from './build.mjs'

export const setup = () => build(['node'])
