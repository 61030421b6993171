import { BlockList, isIP } from 'node:net'
import { z } from 'zod'
import type { TargetId } from '../../contract/mirror.ts'
import { keysOf as npmKeys } from '../../settings/npm/detect.ts'
import { keysOf as pipKeys } from '../../settings/pip/detect.ts'
import { readOrNull } from '../../settings/read-keys.ts'
import type { TrustParts } from './trust.ts'

/** Whether a person has told a tool to take any certificate from `HOST[:PORT]`. Nothing keeps it from that server then. */
export type Exempt = (target: TargetId, host: string) => boolean

const daemonSchema = z.object({ 'insecure-registries': z.array(z.string()).optional() })

/** What is unwise about that is for others to say. */
export async function exemptHosts({ sys, facts }: Pick<TrustParts, 'sys' | 'facts'>): Promise<Exempt> {
  const [{ configFile }, npm, pip] = await Promise.all([facts.docker(), facts.npm(), facts.pip()])
  const bytes = configFile === null ? null : await readOrNull(sys, configFile)
  const insecure = of(() => daemonSchema.parse(JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array()))))
  const registries = insecure?.['insecure-registries'] ?? []
  const strict = [npm.project?.npmrc, npm.user.npmrc].map((file) => file && of(() => npmKeys(file).get('strict-ssl')))
  const anyForNpm = strict.find((value) => value !== undefined && value !== null)
  const hosts = [...pip.above, ...pip.user, ...pip.below].flatMap((file) => {
    const value = of(() => pipKeys(file).get('global.trusted-host'))
    return typeof value === 'string' ? value.split(/\s+/) : []
  })
  return (target, host) => {
    const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
    switch (target) {
      case 'npm':
        return anyForNpm === false || anyForNpm === 'false'
      case 'pip':
        return hosts.includes(host) || hosts.includes(name)
      case 'docker':
        // The engine takes anything from the machine itself (moby registry/config.go).
        return (
          isIn('127.0.0.0/8', name) ||
          isIn('::1/128', name) ||
          registries.some((one) => one === host || isIn(one, name))
        )
      case 'go':
      case 'apt':
        return false
    }
  }
}

function of<T>(ask: () => T): T | null {
  try {
    return ask()
  } catch {
    // A broken file is told of by whoever edits it.
    return null
  }
}

function isIn(network: string, address: string): boolean {
  const [base = '', bits = ''] = network.split('/')
  const family = isIP(base)
  if (family === 0 || family !== isIP(address) || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false
  const list = new BlockList()
  list.addSubnet(base, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
