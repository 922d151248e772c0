import type { ErrorGroup } from '../error-groups.ts'
import { errorTable, NOTICE } from './reference-page.ts'

/** The page of all error codes, in Markdown. A code that several parts raise stands with each. */
export function errorsPage(groups: readonly ErrorGroup[]): string {
  const parts = [
    NOTICE,
    '# Errors',
    'Every error has a code: in the log (`code`), in a dead letter (`dl_code`), in `posture-stream status` and in the metrics. ' +
      'The message beside it says which file, record or host it is about. Codes of other programs, such as `ENOENT` of Node, stand as they are.',
    ...groups.flatMap(({ title, errors }) => [`## ${title}`, errorTable(errors)]),
  ]
  return `${parts.join('\n\n')}\n`
}
