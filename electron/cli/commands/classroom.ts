import { CodedError } from '../../core/errors.ts'
import type { Command } from '../command.ts'

export const classroom: Command = () => Promise.reject(new CodedError('not-yet', { key: 'classroom' }))
