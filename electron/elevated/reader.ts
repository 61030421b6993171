import type { Reader } from '../core/system.ts'

/** The reading half of a system, to lay something over. */
export const readerOf = (sys: Reader): Reader => ({
  identity: sys.identity,
  lstat: (path) => sys.lstat(path),
  readFile: (path) => sys.readFile(path),
  resolve: (path) => sys.resolve(path),
  list: (path) => sys.list(path),
  obstacle: (path) => sys.obstacle(path),
  query: (...call) => sys.query(...call),
  listEnv: (scope) => sys.listEnv(scope),
  readEnv: (scope, name) => sys.readEnv(scope, name),
  mayWriteEnv: (scope) => sys.mayWriteEnv(scope),
  withScratch: (...call) => sys.withScratch(...call),
})
