// Usage: node scripts/lab.mjs lab up|images, or: node scripts/lab.mjs demo [--undo] — sets up, builds, runs the lab or the demonstration.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Stop, cache, capture, main, root, run, say } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

// What the lab's downloads need of the environment that sudo clears.
const KEPT = /^(https?_proxy|no_proxy|node_extra_ca_certs|npm_config_(registry|cafile)|goready_lab_cache|lang)$/i

await main(async ([name = '', ...args]) => {
  if (name !== 'lab' && name !== 'demo') throw new Stop('Usage: node scripts/lab.mjs lab up|images, or demo [--undo]')
  await setUp({ needs: ['modules', 'test'] })
  await build(['node'])
  const argv = [process.execPath, join(root, 'out/node', `${name}.js`), ...args]
  if (process.platform !== 'linux' || process.getuid?.() === 0) return run(argv)
  return withSudo(argv)
})

/** Only the lab itself runs as root: what was installed and built before stays the person's own. */
async function withSudo(argv) {
  say('实验环境会启动自己的 Docker 引擎和网桥，需要管理员权限（sudo）。')
  say('The lab starts a Docker engine and a network bridge of its own; that needs root (sudo).')
  if ((await capture(['sudo', '--version'])).code !== 0)
    throw new Stop('没有 sudo，请以 root 运行。 / There is no sudo here: run it as root.')
  const kept = Object.keys(process.env).filter((name) => KEPT.test(name))
  const sudo = ['sudo', ...(kept.length > 0 ? [`--preserve-env=${kept.join(',')}`] : []), '--']
  const code = await run([...sudo, ...argv])
  // Else only root could remove the checkout.
  const store = join(cache, 'lab')
  const owner = `${process.getuid()}:${process.getgid()}`
  if (existsSync(store)) await capture(['sudo', '--non-interactive', 'chown', '-R', '--no-dereference', owner, store])
  return code
}
