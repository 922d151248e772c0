import { Type, type Static } from 'typebox'
import type { FileKind } from '../files/file-paths.ts'
import { declaredScope } from './declared-scope.ts'

export const configSchema = Type.Object(
  {
    paths: Type.Array(
      Type.String({
        path: 'input',
        minLength: 1,
        description:
          'A file, a directory (every .json, .ndjson and .jsonl below it, packed as .gz or not) or a pattern: reports/*.json',
      }),
      { minItems: 1, description: 'Where the reports are', examples: [['reports/*.json']] },
    ),
    format: Type.Union(
      [Type.Literal('auto'), Type.Literal('ocsf'), Type.Literal('prowler-ocsf'), Type.Literal('asff')],
      {
        default: 'auto',
        description: 'What the reports are; auto tells each record by what it holds. ocsf is that of any product',
      },
    ),
    account: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Whose findings they are where an OCSF record does not say: an account, a cluster, a site',
      }),
    ),
    scope: Type.Optional(declaredScope),
    zone: Type.String({
      default: 'UTC',
      description: 'The IANA time zone of dates that name none: Europe/Berlin',
    }),
    settle: Type.String({
      pattern: '^(0|[1-9][0-9]{0,5})[smhd]$',
      default: '5s',
      description:
        'How long a report must not have changed, where it does not end as a whole one does; 0s turns waiting off',
    }),
  },
  { additionalProperties: false },
)
export type Config = Static<typeof configSchema>

/** The files that are looked for below directories. */
export const REPORTS: FileKind = {
  names: /\.(json|ndjson|jsonl)(\.gz)?$/i,
  endings: '.json, .ndjson or .jsonl',
  one: 'report',
  several: 'reports',
  writer: 'the scanner',
  code: 'REPORT_NOT_READABLE',
}

export const ACCESS = `
The user that runs the pipeline reads the reports, and enters and lists the directories that they are in. It writes
nothing there, neither marks nor locks: how far it has read is kept on the stream.

\`\`\`sh
setfacl -m u:posture-stream:rX,d:u:posture-stream:rX reports
\`\`\`

A report is read again when its content has changed, so a scanner may replace its files at any moment. One that is still
being written is left until it is whole; a scanner that writes under another name and renames need not be waited for.
`
