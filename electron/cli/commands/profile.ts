import { CodedError } from '../../core/errors.ts'
import type { Command } from '../command.ts'

export const profile: Command = () => Promise.reject(new CodedError('not-yet', { key: 'profile' }))
