// Usage: globalSetup of the integration tests — builds the command line that they start, unless that was done before.
import { build } from './build.mjs'

export const setup = async () => {
  if (process.env.GOREADY_BUILT !== '1') await build(['node'])
}
