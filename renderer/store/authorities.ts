import type { Profile } from '../../electron/contract/profile.ts'
import { request } from '../api.ts'
import { isLocked, useWizard } from './wizard.ts'

export type Authority = NonNullable<Profile['authorities']>[number]

function editAuthorities(change: (authorities: readonly Authority[]) => readonly Authority[]): void {
  const { opened, edit } = useWizard.getState()
  if (isLocked(opened?.locked ?? [], 'authorities')) return
  edit(({ authorities = [], ...profile }) => {
    const now = change(authorities)
    return now.length === 0 ? profile : { ...profile, authorities: [...now] }
  })
}

/** Asks for a certificate by main's own dialog and takes its path into the choices. The plan reads and checks it. */
export async function addAuthority(): Promise<void> {
  const file = await request('file.choose', { kind: 'certificate' }).catch(() => null)
  if (file !== null)
    editAuthorities((all) => (all.some((one) => one.file === file) ? all : [...all, { file, for: ['docker'] }]))
}

/** Asks for a client's certificate, then for its key; both or nothing. */
export async function chooseClient(authority: Authority): Promise<void> {
  const cert = await request('file.choose', { kind: 'certificate' }).catch(() => null)
  if (cert === null) return
  const key = await request('file.choose', { kind: 'key' }).catch(() => null)
  if (key === null) return
  editAuthorities((all) => all.map((one) => (one.file === authority.file ? { ...one, client: { cert, key } } : one)))
}

export const dropClient = (authority: Authority): void =>
  editAuthorities((all) =>
    all.map(({ client, ...one }) => (one.file === authority.file || client === undefined ? one : { ...one, client })),
  )

export type AuthorityTool = Authority['for'][number]

/** Whether a tool is to trust it. One at least does: else it is removed. */
export const toggleTool = (authority: Authority, tool: AuthorityTool): void =>
  editAuthorities((all) =>
    all.map((one) => {
      if (one.file !== authority.file) return one
      const tools = one.for.includes(tool) ? one.for.filter((other) => other !== tool) : [...one.for, tool]
      return tools.length === 0 ? one : { ...one, for: tools }
    }),
  )

export const removeAuthority = (authority: Authority): void =>
  editAuthorities((all) => all.filter((one) => one.file !== authority.file))
