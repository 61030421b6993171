import type { CheckUp } from '../contract/doctor.ts'
import type { Machine } from '../contract/machine.ts'
import { escapeHidden, spellHidden } from '../contract/hidden.ts'
import type { RunSummary } from '../contract/run.ts'
import type { Text } from '../cli/text.ts'
import { anonymous } from './anonymous.ts'

type Reported = {
  machine: Machine
  checkUp: CheckUp
  runs: readonly RunSummary[]
  home: string
  /** Addresses of mirrors that everybody knows. */
  known: readonly string[]
}

/** How many runs are told of, the newest first. */
const RUNS = 10

/**
 * The report of a machine, for a teacher or an issue: Markdown for people, JSON for programs. Names of this user and
 * this machine, tokens, and addresses of private hosts are taken out of all of it. What stands in it from elsewhere
 * (the name of a file, the answer of a server) steers no terminal and leaves no line.
 */
export function makeReport(
  { machine, checkUp, runs, home, known }: Reported,
  text: Text,
): { markdown: string; json: string } {
  const hide = anonymous({
    user: machine.user.name,
    home,
    hosts: hostsOf(machine, checkUp),
    known: known.flatMap(hostsIn),
  })
  const told = { at: checkUp.at, verdict: checkUp.verdict, machine, checks: checkUp.checks, runs: runs.slice(0, RUNS) }
  const json = `${JSON.stringify(told, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value), 2)}\n`
  return { markdown: spellHidden(hide(markdownOf({ machine, checkUp, runs }, text))), json: escapeHidden(json) }
}

function markdownOf({ machine, checkUp, runs }: Pick<Reported, 'machine' | 'checkUp' | 'runs'>, text: Text): string {
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
      `- **${text.say(`doctor:severity.${found.severity}`)}** \`${found.code}\` ${inLine(text.say(`${key}.what`, found.values))}`,
    )
    for (const line of found.evidence) lines.push(`  - \`${inLine(line)}\``)
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
  for (const [name, value] of rows) if (value !== '') lines.push(`- ${say('row', { name, value: inLine(value) })}`)
  lines.push('', `## ${say('checks')}`, '', `| ${say('check')} | ${say('state')} | ms |`, '| --- | --- | ---: |')
  for (const { id, state, ms } of checkUp.checks)
    lines.push(`| \`${id}\` | ${text.say(`doctor:state.${state}`)} | ${Math.round(ms)} |`)
  if (runs.length > 0) lines.push('', `## ${say('runs')}`, '')
  for (const run of runs.slice(0, RUNS))
    lines.push(
      `- ${run.startedAt} ${text.say(`history:status.${run.status}`)} ${inLine(run.files.map(({ path }) => path).join(', '))}`,
    )
  return `${lines.join('\n')}\n`
}

/** A text that is not Markdown's: it ends no line and no code, and begins no link and no element of HTML. */
const inLine = (text: string): string =>
  text
    .replaceAll('`', "'")
    .replaceAll('<', '‹')
    .replaceAll('](', '] (')
    .replace(/[\r\n\u2028\u2029]+/g, ' ')

/** Every host that something on this machine names, or that a check has met. */
function hostsOf(machine: Machine, { checks }: CheckUp): readonly string[] {
  const findings = checks.flatMap(({ found }) => found)
  const addresses = [
    ...Object.values(machine.sources).flat(),
    ...machine.proxies.map(({ value }) => value),
    ...machine.overrides.flatMap(({ layers }) => layers.flatMap(({ value }) => value ?? [])),
    machine.docker.endpoint,
    JSON.stringify(checks),
  ]
  // What these are about, or got as a value, may be the bare name of a host.
  const bare = findings.flatMap(({ category, subject, values }) => [
    ...(category === 'network' || category === 'certificate' ? [subject] : []),
    ...['host', 'other', 'server', 'name'].flatMap((key) => String(values[key] ?? '')),
  ])
  const chains = findings.flatMap(({ chain = [] }) => chain.flatMap(({ names }) => names))
  return [
    ...addresses.flatMap(hostsIn),
    ...bare.flatMap((text) => /^([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?$/i.exec(text)?.[1] ?? []),
    ...chains.map((name) => name.replace(/^\*\./, '')),
  ]
}

/** The hosts of the addresses in a text; the path of a socket has none. */
export const hostsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<=[a-z])(?<!unix|file|npipe):\/\/(?:[^/@\s"]*@)?([^/:\s,|"'\\)\]]+)/gi)].flatMap(
    ([, host]) => host ?? [],
  )
