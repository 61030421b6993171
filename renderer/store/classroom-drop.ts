import { listOf } from './classroom-list-text.ts'
import { useClassroom } from './classroom.ts'
import { kindOf, useKit } from './kit.ts'

/** UTF-16 units that a list of seats may have; main takes no more. */
const MAX_LIST = 200_000

/** Takes what is dropped on the teacher's page: go.mod and package-lock.json for the kit, all else is a list of seats. */
export async function takeForRoom(files: readonly File[]): Promise<void> {
  const room = useClassroom.getState()
  const forKit = files.filter(({ name }) => kindOf(name) !== null)
  const [list] = files.filter(({ name }) => kindOf(name) === null)
  if (forKit.length > 0 || room.tab === 'kit') {
    await useKit.getState().take(room.tab === 'kit' ? files : forKit)
    room.turnTo('kit')
  }
  if (list !== undefined && room.tab !== 'kit') await takeList(list)
}

/** Puts a file into the list of seats. */
export async function takeList(file: File): Promise<void> {
  const { folder, write, turnTo } = useClassroom.getState()
  if (folder === null) return
  turnTo('set-up')
  const refuse = (why: 'large' | 'unreadable') => useClassroom.setState({ refused: { name: file.name, why } })
  if (file.size > MAX_LIST * 3) return refuse('large')
  const bytes = await file.bytes().catch(() => null)
  if (bytes === null) return refuse('unreadable')
  const text = listOf(bytes)
  if (text.length > MAX_LIST) return refuse('large')
  useClassroom.setState({ refused: null })
  write(text)
}
