// Usage: node scripts/start.mjs [--lang zh-CN|en] [--home DIR] [--root DIR] [--catalogue FILE] [--profile FILE] — opens the window.
import { join } from 'node:path'
import { main, root, run, say } from './lib.mjs'
import { setUp } from './setup.mjs'
import { build } from './build.mjs'

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

await main((args) => (hasDisplay() ? openWindow(args) : showDetect(args)))

async function openWindow(args) {
  const electron = await setUp({ needs: ['modules', 'window', 'electron'] })
  await build(['window'])
  const env = { ...process.env }
  // Set by some editors' terminals; Electron would then be a plain Node.
  delete env.ELECTRON_RUN_AS_NODE
  return run([electron, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...args], {
    cwd: process.env.INIT_CWD ?? root,
    env,
  })
}

/** No display: what the window would show first, as text. */
async function showDetect(args) {
  await setUp({ needs: ['modules', 'window', 'electron'] })
  await build(['window', 'node'])
  say('这里没有显示器，窗口无法打开。下面是这台电脑的情况。')
  say('There is no display here, so no window can be opened. This is what the program sees:')
  say('')
  const code = await run([process.execPath, join(root, 'out/node/cli.js'), 'detect', ...withoutProfile(args)], {
    cwd: process.env.INIT_CWD ?? root,
  })
  say('')
  say('接下来 / Next:')
  say('  npm run --silent cli -- image tags                 # 可用的 Go 版本 / the Go versions')
  say('  npm run --silent cli -- plan --profile FILE        # 先看会改什么 / see the changes first')
  say('  npm run --silent cli -- apply --profile FILE       # 执行 / apply them')
  say('  npm run demo                                       # 离线演示 / a demonstration without the internet')
  return code
}

/** `--profile` is the window's; detect does not know it. */
function withoutProfile(args) {
  const at = args.indexOf('--profile')
  return at < 0 ? args : args.toSpliced(at, 2)
}
