/** What lies in a room's folder after it was written. */
export const ROOM_FILES = [
  'seats.csv',
  'room.json',
  'profile.goready.yml',
  'inventory.yml',
  'playbook.yml',
  'undo.yml',
  'ansible.cfg',
  'collections/',
  'windows/',
  'reports/',
] as const

/** What a computer with Windows runs, in the room's shared folder. */
export const WINDOWS_FILE = 'windows/goready-seat.cmd'
