import { type Seat, type SeatReport, seatReportSchema } from '../contract/classroom.ts'
import { redact } from '../core/redact.ts'
import type { Reader } from '../core/system.ts'
import { roomFile } from './room-folder.ts'
import { under } from '../core/paths.ts'

/** A report has a few kilobytes; what is more comes from a machine that is not to be trusted. */
const MAX_REPORT = 1024 * 1024
const MAX_FINDINGS = 200

/** What each seat, or the playbook for it, told last. A file that is no report of that seat counts as none. */
export async function readReports(
  folder: string,
  seats: readonly Seat[],
  sys: Reader,
): Promise<ReadonlyMap<string, SeatReport>> {
  const place = roomFile(folder, 'reports')
  // Windows says its name in capitals, whatever the list does.
  const names = await sys.list(place).catch(() => [])
  const files = new Map(names.map((name) => [name.toLowerCase(), under(place, name)]))
  const found = new Map<string, SeatReport>()
  for (const { name } of seats) {
    const file = files.get(`${name.toLowerCase()}.json`)
    const report = file === undefined ? null : await readReport(file, name, sys)
    if (report !== null) found.set(name, report)
  }
  return found
}

async function readReport(path: string, name: string, sys: Reader): Promise<SeatReport | null> {
  try {
    const stat = await sys.lstat(path)
    // A link would make another file of this machine a report.
    if (stat?.kind !== 'file' || stat.size > MAX_REPORT) return null
    // PowerShell writes a byte order mark.
    const text = new TextDecoder('utf-8').decode(await sys.readFile(path))
    return reportOf(JSON.parse(text), name)
  } catch {
    return null
  }
}

/** A report as it may be shown. null: it is none, or another seat's. */
export function reportOf(value: unknown, name: string): SeatReport | null {
  const parsed = seatReportSchema.safeParse(value)
  if (!parsed.success || parsed.data.seat.toLowerCase() !== name.toLowerCase()) return null
  const report = parsed.data
  return {
    ...report,
    seat: name,
    at: Number.isNaN(Date.parse(report.at)) ? new Date(0).toISOString() : report.at,
    program: short(report.program),
    go: short(report.go),
    run: short(report.run),
    cause: report.cause === null ? null : redact(report.cause),
    findings: report.findings.slice(0, MAX_FINDINGS),
  }
}

const short = (text: string | null): string | null => text?.slice(0, 300) ?? null
