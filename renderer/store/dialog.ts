import { create } from 'zustand'

type Dialog = 'settings' | 'about' | 'history' | 'classroom'

/** Which dialog stands over the wizard. The menu opens them as well as the page's own buttons. */
export const useDialog = create<{ dialog: Dialog | null; show(dialog: Dialog | null): void }>((set) => ({
  dialog: null,
  show: (dialog) => set({ dialog }),
}))
