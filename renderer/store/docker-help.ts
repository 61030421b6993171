import { create } from 'zustand'

type DockerHelpStore = {
  /** A plan that installs or starts Docker; the review page shows it instead of the profile's own. */
  planId: string | null
  setPlan(id: string | null): void
}

/** What the check-up hands to the review page. */
export const useDockerHelp = create<DockerHelpStore>((set) => ({
  planId: null,
  setPlan: (planId) => set({ planId }),
}))
