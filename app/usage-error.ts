import { PermanentError } from '../core/errors.ts'

/** A command was called in a way that cannot work (`USAGE`): exit code 2. */
export class UsageError extends PermanentError {
  constructor(message: string) {
    super('USAGE', message)
  }
}
