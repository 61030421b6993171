import { folderOf, under } from '../../../core/paths.ts'
import type { DoctorContext } from '../../check.ts'

/** The go.mod of the project that the person stands in (or named), and what it asks for. */
export type Project = { path: string; go: string | null }

/** The nearest go.mod from the project's folder upwards; null: none. */
export async function goProject({ sys, places }: DoctorContext): Promise<Project | null> {
  if (places.project === null) return null
  for (let folder = places.project.folder; ; folder = folderOf(folder)) {
    const path = under(folder, 'go.mod')
    const bytes = await sys.readFile(path).catch(() => null)
    if (bytes !== null) return { path, go: goLine(new TextDecoder().decode(bytes)) }
    if (folder === folderOf(folder)) return null
  }
}

/** The version of the `go` line. */
const goLine = (text: string): string | null =>
  /^[ \t]*go[ \t]+(1(?:\.\d+){0,2}(?:(?:rc|beta)\d+)?)[ \t]*(?:\/\/.*)?\r?$/m.exec(text)?.[1] ?? null
