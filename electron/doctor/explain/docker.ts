import { rules } from './rule.ts'

/** What docker's client and daemon say (20.10 to 29). */
export const dockerRules = rules([
  ['docker-permission', /permission denied while trying to connect to the [Dd]ocker/],
  [
    'docker-not-running',
    /Cannot connect to the Docker daemon at (?<endpoint>\S+?)\.? Is|docker_engine: The system cannot find the file|dockerDesktopLinuxEngine.*cannot find|failed to connect to the docker API at (?<address>[^;]+)/,
  ],
  ['docker-config-twice', /specified both as a flag and in the configuration file: (?<name>[\w-]+)/],
  ['docker-config', /unable to configure the Docker daemon with file (?<path>[^:]+):/],
  ['docker-mirror', /invalid mirror: .* in "(?<value>[^"]+)"|invalid mirror: .*/],
  ['docker-rate-limit', /toomanyrequests|You have reached your (?:unauthenticated )?pull rate limit/],
  ['docker-platform', /no matching manifest for (?<platform>\S+)|image's platform \((?<found>[^)]+)\) does not match/],
  [
    'docker-image-missing',
    /manifest for (?<image>\S+) not found|manifest unknown|failed to resolve reference "(?<reference>[^"]+)".*not found/,
  ],
  ['docker-denied', /pull access denied for (?<image>[^,]+)|requested access to the resource is denied|unauthorized: /],
  ['docker-layer', /filesystem layer verification failed|failed to register layer|unexpected commit digest/],
  ['docker-context', /context "(?<context>[^"]+)": context not found|Docker endpoint for "(?<name>[^"]+)" not found/],
  ['docker-api', /client version (?<client>[\d.]+) is too (?:new|old)/],
  ['docker-exec-format', /exec format error/],
  ['docker-credential', /error getting credentials|docker-credential-(?<helper>[\w-]+)/],
  ['docker-port', /port is already allocated|address already in use/],
  ['docker-name', /container name "?\/?(?<name>[^"\s]+)"? is already in use/],
  ['docker-reference', /invalid reference format/],
])
