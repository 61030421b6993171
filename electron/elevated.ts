import { elevatedMain } from './elevated/start.ts'

process.exitCode = await elevatedMain(process.argv.slice(2))
