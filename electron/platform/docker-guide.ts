import type { DockerHelp } from '../contract/wizard.ts'

export type Guide = Extract<DockerHelp, { kind: 'guide' }>

const step = (key: string) => ({ key: `docker-setup:${key}` })

/** What a person does by hand where no plan of ours brings Docker. Addresses of Docker's own documentation. */
export function dockerGuide(platform: 'linux' | 'darwin' | 'win32', arch: string): Guide {
  switch (platform) {
    case 'linux':
      return {
        kind: 'guide',
        url: 'https://docs.docker.com/engine/install/',
        steps: [step('linux.open'), step('linux.follow'), step('linux.group'), step('back')],
        reboot: false,
      }
    case 'darwin':
      return {
        kind: 'guide',
        url: 'https://docs.docker.com/desktop/setup/install/mac-install/',
        steps: [step(arch === 'arm64' ? 'mac.apple' : 'mac.intel'), step('mac.drag'), step('mac.start'), step('back')],
        reboot: false,
      }
    case 'win32':
      return {
        kind: 'guide',
        url: 'https://docs.docker.com/desktop/setup/install/windows-install/',
        steps: [step('windows.wsl'), step('windows.download'), step('windows.start'), step('back')],
        reboot: true,
      }
  }
}
