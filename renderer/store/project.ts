import { create } from 'zustand'
import { request } from '../api.ts'

/** A project whose own files change instead of the user's. Main knows it by `id` until the program ends. */
export type Project = { id: string; folder: string }

type ProjectStore = {
  project: Project | null
  choose(): Promise<void>
  forget(): void
}

/** The folder that was chosen for npm's project files; with the window it is forgotten. */
export const useProject = create<ProjectStore>((set) => ({
  project: null,
  async choose() {
    const project = await request('project.choose', undefined).catch(() => null)
    // A closed dialog leaves what was chosen before.
    if (project !== null) set({ project })
  },
  forget: () => set({ project: null }),
}))
