import type { CheckUp } from '../contract/doctor.ts'
import type { Machine } from '../contract/machine.ts'
import type { RunSummary } from '../contract/run.ts'
import type { Text } from '../cli/text.ts'
import { anonymous } from './anonymous.ts'

type Reported = { machine: Machine; checkUp: CheckUp; runs: readonly RunSummary[]; home: string }

/** How many runs are told of, the newest first. */
const RUNS = 10

/**
 * The report of a machine, for a teacher or an issue: Markdown for people, JSON for programs. Names of this user and
 * this machine, tokens, and addresses of private hosts are taken out of all of it.
 */
export function makeReport({ machine, checkUp, runs, home }: Reported, text: Text): { markdown: string; json: string } {
  const hide = anonymous({ user: machine.user.name, home, hosts: hostsOf(machine) })
  const told = { at: checkUp.at, verdict: checkUp.verdict, machine, checks: checkUp.checks, runs: runs.slice(0, RUNS) }
  const json = `${JSON.stringify(told, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value), 2)}\n`
  return { markdown: hide(markdownOf({ machine, checkUp, runs, home }, text)), json }
}

function markdownOf({ machine, checkUp, runs }: Reported, text: Text): string {
  const say = (key: string, values = {}): string => text.say(`doctor:report.${key}`, values)
  const { os, docker, go, shells } = machine
  const lines = [
    `# ${say('title')}`,
    '',
    say('at', { at: checkUp.at }),
    '',
    `## ${text.say(`doctor:verdict.${checkUp.verdict}`)}`,
    '',
  ]
  for (const found of checkUp.findings) {
    const key = `doctor-${found.category}:${found.code.slice(found.category.length + 1)}`
    lines.push(
      `- **${text.say(`doctor:severity.${found.severity}`)}** \`${found.code}\` ${text.say(`${key}.what`, found.values)}`,
    )
    for (const line of found.evidence) lines.push(`  - \`${line.replaceAll('`', "'").replaceAll('\n', ' ')}\``)
  }
  if (checkUp.findings.length === 0) lines.push(say('none'))
  lines.push('', `## ${say('machine')}`, '')
  const rows: readonly (readonly [string, string])[] = [
    [say('system'), `${os.name} ${os.version} (${os.arch})`],
    [
      'Docker',
      [text.say(`doctor:docker.${docker.state}`), docker.version, docker.flavour, docker.storage]
        .filter(Boolean)
        .join(' · '),
    ],
    ['Go', go.installed.map(({ version, path }) => `${version} ${path}`).join(', ') || say('absent')],
    [say('shells'), shells.map(({ id, version }) => `${id} ${version}`.trim()).join(', ')],
    ...Object.entries(machine.sources).map(([target, urls]) => [target, urls.join(', ')] as const),
    ...machine.proxies.map(({ name, value }) => [name, value] as const),
  ]
  for (const [name, value] of rows) lines.push(`- ${name}: ${value}`)
  lines.push('', `## ${say('checks')}`, '', `| ${say('check')} | ${say('state')} | ms |`, '| --- | --- | ---: |')
  for (const { id, state, ms } of checkUp.checks)
    lines.push(`| \`${id}\` | ${text.say(`doctor:state.${state}`)} | ${Math.round(ms)} |`)
  if (runs.length > 0) lines.push('', `## ${say('runs')}`, '')
  for (const run of runs.slice(0, RUNS))
    lines.push(
      `- ${run.startedAt} ${text.say(`history:status.${run.status}`)} ${run.files.map(({ path }) => path).join(', ')}`,
    )
  return `${lines.join('\n')}\n`
}

/** Every host that something on this machine names. */
function hostsOf(machine: Machine): readonly string[] {
  const texts = [
    ...Object.values(machine.sources).flat(),
    ...machine.proxies.map(({ value }) => value),
    ...machine.overrides.flatMap(({ layers }) => layers.flatMap(({ value }) => value ?? [])),
    machine.docker.endpoint,
  ]
  return texts.flatMap((text) =>
    [...text.matchAll(/\/\/(?:[^/@\s]*@)?([^/:\s,|]+)/g)].flatMap(([, host]) => host ?? []),
  )
}
