import type { DockerState } from '../contract/machine.ts'
import type { Places } from '../core/places.ts'
import type { Endpoint } from './endpoint.ts'
import type { Info, Version } from './state.ts'

/**
 * Which product runs behind the endpoint. What the engine says of itself comes before the address.
 * Sources: the `Platform.Name` and `Components` of /version, `OperatingSystem` and `Name` of /info.
 */
export function engineFlavour(endpoint: Endpoint, info: Info, version: Version): DockerState['flavour'] {
  const platform = version.Platform?.Name ?? ''
  const system = info.OperatingSystem ?? ''
  const components = (version.Components ?? []).map(({ Name }) => Name ?? '')
  if (components.some((name) => /podman/i.test(name))) return 'podman'
  if (/docker desktop/i.test(platform) || /docker desktop/i.test(system)) return 'docker-desktop'
  if (/orbstack/i.test(system) || info.Name === 'orbstack') return 'orbstack'
  if (/rancher desktop/i.test(system) || info.Name === 'lima-rancher-desktop') return 'rancher-desktop'
  if (info.Name === 'colima' || info.Name?.startsWith('colima-')) return 'colima'
  if (endpoint.flavour !== 'unknown' && endpoint.flavour !== 'docker-engine' && endpoint.flavour !== 'rootless')
    return endpoint.flavour
  return isRootless(info) ? 'rootless' : 'docker-engine'
}

/** Whether root in a container is the user outside. */
export function isRootless(info: Info): boolean {
  return (info.SecurityOptions ?? []).some((option) => option.startsWith('name=rootless'))
}

/** The daemon.json that this engine reads; null where it lies in another machine or is not known. */
export function configFile(endpoint: Endpoint, flavour: DockerState['flavour'], places: Places): string | null {
  if (!/^(unix|npipe):/.test(endpoint.address)) return null
  const { system, rootless, desktop } = places.docker.daemonJson
  if (flavour === 'docker-engine') return system
  if (flavour === 'rootless') return rootless
  if (flavour === 'docker-desktop') return desktop
  // A socket under --root that nobody names can only be the engine of that root.
  return flavour === 'unknown' && places.otherRoot ? system : null
}

export function versionText(info: Info, version: Version): string | null {
  return version.Version || info.ServerVersion || null
}

/** Flavours whose containers run in a virtual machine, so that the host's 127.0.0.1 is not the engine's either. */
export function inVirtualMachine(flavour: DockerState['flavour']): boolean {
  return ['docker-desktop', 'colima', 'rancher-desktop', 'orbstack'].includes(flavour)
}
