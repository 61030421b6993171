// Hook of electron-builder: the packages stand in `files` already (scripts/package.mjs). Not a command.
export default async () => false
