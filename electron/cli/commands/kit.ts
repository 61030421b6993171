import { CodedError } from '../../core/errors.ts'
import type { Command } from '../command.ts'

export const kit: Command = () => Promise.reject(new CodedError('not-yet', { key: 'kit' }))
