// What can be made, on which system, and with what. Not a command.

/**
 * `system`: null for the one that it runs on. `folder`: unpacked; else `ending`: how the result's name ends. `needs`: a program that makes it
 * here without the internet; `network`: what electron-builder fetches for it.
 */
export const TARGETS = {
  dir: { system: null, folder: true },
  deb: { system: 'linux', ending: /\.deb$/, needs: 'dpkg-deb' },
  AppImage: { system: 'linux', ending: /\.AppImage$/, network: 'the AppImage runtime' },
  'win-dir': { system: 'win32', folder: true },
  zip: { system: 'win32', ending: /-win\.zip$/, needs: '7za' },
  nsis: { system: 'win32', ending: /-setup\.exe$/, network: 'NSIS with its plug-ins' },
  portable: { system: 'win32', ending: /-portable\.exe$/, network: 'NSIS with its plug-ins' },
  dmg: { system: 'darwin', ending: /\.dmg$/ },
}
const NAMES = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' }
/** The systems whose programs can be put together on another one. */
const FROM_ANYWHERE = new Set(['win32'])

export const systemOf = (target) => TARGETS[target].system ?? process.platform

/** What `npm run package` makes without being told, and why not the rest. `has`: whether a program is on PATH. */
export function possible({ system, has }) {
  const here = []
  const elsewhere = []
  for (const [name, { system: wanted, needs, network }] of Object.entries(TARGETS)) {
    const own = wanted === null || wanted === system
    const why =
      !own && !FROM_ANYWHERE.has(wanted)
        ? `is made on ${NAMES[wanted]} alone`
        : network !== undefined && !(own && system !== 'linux')
          ? `needs the network: ${network} (npm run package ${name})`
          : needs !== undefined && system === 'linux' && !has(needs)
            ? `needs ${needs}${needs === '7za' ? ' (Debian: p7zip-full) or the network' : ''}`
            : null
    if (why === null) here.push(name)
    else elsewhere.push({ name, why })
  }
  return { here, elsewhere }
}
