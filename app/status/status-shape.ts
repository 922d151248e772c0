import { Type, type Static, type TSchema } from 'typebox'

const time = (description: string) => Type.String({ description: `${description} (ISO 8601, UTC)` })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema)
const stage = Type.Enum(['collectors', 'enrichment', 'sinks'])

const cause = Type.Object(
  {
    since: time('Of waiting: when it began; of an error: when it was last met'),
    code: Type.String({ description: 'A stable code: docs/reference/errors.md' }),
    message: Type.String(),
    process: Type.String({ description: 'Which process says so' }),
  },
  { description: 'What a component waits for, or what went wrong last' },
)

const reading = {
  state: Type.Enum(['running', 'waiting', 'not-run'], {
    description: '`waiting`: for its other side, see `waiting`; `not-run`: no process that lives has it',
  }),
  waiting: optional(cause),
  lastError: optional(cause),
  recordsPerSecond: optional(
    Type.Number({ description: 'Of the last minute, over all processes; absent where no process says it' }),
  ),
  deadLetters: count('What it set aside and nobody has replayed or dropped yet'),
}

const collector = Type.Object({
  name: Type.String(),
  type: Type.String(),
  ...reading,
  process: optional(Type.String({ description: 'The process that runs it' })),
  checkpoint: Type.Enum(['none', 'readable', 'unreadable']),
  unreadable: optional(Type.String({ description: 'Why its checkpoint cannot be read' })),
  savedAt: optional(time('When its checkpoint was saved')),
  sweptAt: optional(time('When the last sweep that came to its end began')),
  lastSuccessAt: optional(time('When the source last gave something')),
  neverRead: Type.Boolean({ description: 'The source has never given anything' }),
  expectEvery: optional(Type.String({ description: 'How long it may be silent, as configured' })),
  silentSeconds: optional(count('For how long the source has given nothing')),
  silent: Type.Boolean({ description: 'Nothing for longer than `expectEvery`' }),
})

const assignment = Type.Object({
  process: Type.String(),
  partitions: Type.Array(Type.Integer(), { description: 'Those that it has now' }),
})

const oldest = Type.Object({
  at: time('When the oldest record was written that the group has not acknowledged'),
  seconds: Type.Number({ description: 'Its age' }),
  from: Type.Enum(['stream', 'process'], {
    description: '`stream`: found among the times of the records; `process`: said by a process that has it at hand',
  }),
})

const group = Type.Object({
  name: Type.String(),
  type: optional(Type.String({ description: 'Of a sink' })),
  topic: Type.String(),
  group: Type.String({ description: 'Its consumer group, without the prefix of the pipeline' }),
  ...reading,
  lagRecords: count('Records that the group has not acknowledged'),
  oldest: optional(oldest),
  neverRead: Type.Boolean({ description: 'The group has acknowledged nothing yet' }),
  partitions: count('How many the topic has'),
  assigned: Type.Array(assignment),
  unread: Type.Array(Type.Integer(), { description: 'Partitions that no process that lives has' }),
})

const trouble = Type.Object({
  code: Type.String({ description: 'A stable word for the kind of trouble' }),
  level: Type.Enum(['urgent', 'soon'], { description: '`urgent`: something stands still or data is at risk' }),
  stage: optional(stage),
  component: optional(Type.String()),
  summary: Type.String({ description: 'A few words' }),
  detail: optional(Type.String({ description: 'What is known beside' })),
  since: optional(time('Since when')),
  next: Type.String({ description: 'The command or the step that helps next' }),
  runbook: optional(Type.String({ description: 'Where it says what else can be done' })),
})

const note = Type.Object({
  code: Type.String(),
  text: Type.String(),
})

const processStatus = Type.Object({
  process: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
  tenant: Type.String(),
  startedAt: time('When it was started'),
  reportedAt: time('When it last told about itself'),
  stale: Type.Boolean({ description: 'It has told nothing for more than a minute: it was killed, or stands still' }),
  admin: optional(Type.String({ description: 'Its admin port, host:port' })),
  stages: Type.Array(stage),
})

const reason = Type.Object({
  stage: Type.String(),
  component: Type.String(),
  code: Type.String(),
  waiting: count('How many'),
  newestAt: time('When the newest was set aside'),
})

/** What `status --json` prints. Fields are only added to it, never renamed or removed. */
export const statusSchema = Type.Object({
  at: time('When it was looked'),
  tenant: Type.String(),
  stream: Type.Object({
    type: Type.Enum(['embedded', 'kafka']),
    where: Type.String({ description: 'The directory, or the brokers' }),
  }),
  verdict: Type.Object({
    state: Type.Enum(['well', 'trouble', 'never-run', 'nothing-configured']),
    sentence: Type.String(),
  }),
  troubles: Type.Array(trouble, { description: 'What needs someone, the most important first' }),
  notes: Type.Array(note, { description: 'What is good to know and needs nobody' }),
  collectors: Type.Array(collector),
  enrichment: optional(group),
  sinks: Type.Array(group),
  everywhere: optional(
    Type.Object(
      {
        topic: Type.String(),
        missing: count('Records that at least one sink does not have yet'),
        partitions: Type.Array(
          Type.Object({
            partition: Type.Integer(),
            offset: Type.Integer({ description: 'The lowest offset at which a sink stands' }),
            end: Type.Integer(),
            behind: Type.Array(Type.String(), { description: 'The sinks that stand there, where it is not the end' }),
          }),
        ),
      },
      { description: 'Every configured sink has all records below these offsets; absent where there is no sink' },
    ),
  ),
  deadLetters: Type.Object({
    waiting: count('How many are neither replayed nor dropped'),
    newestAt: optional(time('When the newest was set aside')),
    byReason: Type.Array(reason),
  }),
  processes: Type.Array(processStatus),
})

export type Status = Readonly<Static<typeof statusSchema>>
/** What a status says before it is judged. */
export type StatusParts = Omit<Status, 'verdict' | 'troubles' | 'notes'>
export type CollectorStatus = Static<typeof collector>
export type GroupStatus = Static<typeof group>
export type ProcessStatus = Static<typeof processStatus>
export type StatusCause = Static<typeof cause>
export type StatusTrouble = Static<typeof trouble>
export type StatusNote = Static<typeof note>
