import type { ReactNode } from 'react'

/** Takes a profile or a go.mod that is dropped anywhere on the window. */
export function DropZone({ children }: { children?: ReactNode }) {
  return <>{children}</>
}
