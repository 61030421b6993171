import type { Machine, Override } from '../../contract/machine.ts'
import { redact } from '../../core/redact.ts'
import { type Command, EXIT } from '../command.ts'
import type { Output } from '../output.ts'
import { projectOf } from './plan.ts'

/** `detect`: facts about this machine. Only reads. */
export const detect: Command = async (context) => {
  const { output, engine, signal } = context
  const machine = await engine.detect(signal, projectOf(context))
  // For people the variables have a command of their own.
  output.document(output.json ? { ...machine, why: await engine.whyKnown(signal, projectOf(context)) } : machine)
  for (const [label, lines] of facts(machine, output)) {
    const [first = '', ...more] = lines
    output.line(`${output.paint('bold', label)}: ${first}`)
    for (const line of more) output.line(`  ${line}`)
  }
  for (const finding of machine.findings) output.line(output.text.finding(finding))
  return EXIT.done
}

function facts(machine: Machine, { text }: Output): readonly [string, readonly string[]][] {
  const say = (key: string, values = {}) => text.say(`cli:detect.${key}`, values)
  const { os, user, docker, go } = machine
  const none = say('none')
  const dockerLine = [
    text.say(`cli:docker.${docker.state}`),
    docker.version,
    docker.state === 'not-installed' || docker.flavour === 'unknown' ? null : docker.flavour,
  ]
  const hidden = go.settings.filter((setting) => setting.hidden)
  return [
    [say('os'), [`${os.name} ${os.version} (${os.platform} ${os.arch}, ${os.kernel})`]],
    [say('user'), [`${user.name} (${user.uid})${user.root ? `, ${say('root')}` : ''}  ${user.home}`]],
    [
      say('shells'),
      [machine.shells.map((shell) => `${shell.id} ${shell.version}${shell.login ? ' *' : ''}`).join(', ') || none],
    ],
    [
      say('docker'),
      [
        dockerLine.filter((part) => part !== null).join(', '),
        `${say('endpoint')}: ${docker.endpoint}`,
        ...(docker.cause ? [docker.cause] : []),
      ],
    ],
    [
      say('go'),
      [
        go.installed.map((entry) => `${entry.version} (${entry.path})`).join(', ') || none,
        `${say('goenv')}: ${go.envFile}`,
        ...go.settings
          .filter((setting) => !setting.hidden)
          .map((setting) => redact(`${setting.name}=${setting.value}  (${setting.from})`)),
        ...hidden.map((setting) => redact(say('hidden', setting))),
      ],
    ],
    [
      say('sources'),
      Object.entries(machine.sources).map(
        ([name, values]) => `${name}: ${redact(values.join(', ')) || say('default')}`,
      ),
    ],
    ...contested(machine.overrides).map(({ name, layers }): [string, readonly string[]] => [
      name,
      layers.map((layer) => layerLine(layer, say)),
    ]),
    [
      say('proxies'),
      machine.proxies.length === 0
        ? [none]
        : machine.proxies.map(
            (proxy) =>
              `${proxy.name}=${redact(proxy.value)}  (${proxy.from})${proxy.loopback ? `  ${say('loopback')}` : ''}`,
          ),
    ],
    [say('permissions'), [text.say(`cli:rights.${machine.permissions.elevation}`)]],
    [say('state'), [machine.state]],
  ]
}

/** Settings that several places give a value to. */
const contested = (overrides: readonly Override[]): readonly Override[] =>
  overrides.filter(({ target, layers }) => target !== 'apt' && layers.length > 1)

function layerLine({ value, from, shell, wins }: Override['layers'][number], say: (key: string) => string): string {
  const where = shell === null ? from : `${from}, ${shell}`
  return `${wins ? say('wins') : say('loses')}  ${value ?? '…'}  (${where})`
}
