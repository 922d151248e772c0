import { Type, type Static } from 'typebox'
import { PermanentError } from '../../core/errors.ts'

/** Google's rule for the name of a subscription. */
const NAME = '[A-Za-z][A-Za-z0-9._~+%-]{2,254}'

export const configSchema = Type.Object(
  {
    project: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9.:-]+$',
        description: 'The project of the subscription; of no use where subscription is a full name',
        examples: ['acme-security'],
      }),
    ),
    subscription: Type.String({
      pattern: `^(projects/[^/\\s]+/subscriptions/)?${NAME}$`,
      description: 'The subscription, by its name or in full: projects/PROJECT/subscriptions/NAME',
      examples: ['projects/acme-security/subscriptions/posture-stream'],
    }),
    credentials: Type.Optional(
      Type.String({
        path: 'input',
        minLength: 1,
        description:
          'A key of a service account, or a configuration of workload identity federation, as a JSON file; without it, Application Default Credentials: GOOGLE_APPLICATION_CREDENTIALS, gcloud, or the machine itself',
        examples: ['/etc/posture-stream/google.json'],
      }),
    ),
    endpoint: Type.Optional(
      Type.String({
        pattern: '^https?://[^\\s/?#@:]+(:[0-9]{1,5})?/?$',
        description:
          "In place of Google's own address: a private endpoint (https), or an emulator (http: in plain text, without credentials)",
        examples: ['https://pubsub-posture.p.googleapis.com'],
      }),
    ),
    waitSeconds: Type.Integer({
      minimum: 1,
      maximum: 300,
      default: 20,
      description: 'After how long without a message the subscription counts as read to its end',
    }),
    ackDeadlineSeconds: Type.Integer({
      minimum: 10,
      maximum: 600,
      default: 60,
      description:
        'How long a message stays hidden from other readers; it is extended while it is held, so that this is how long one waits after a crash',
    }),
    maxMessages: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 500,
      description: 'How many messages are held at a time, from being received until they are acknowledged',
    }),
    maxBytes: Type.Integer({
      minimum: 1_000_000,
      maximum: 1_000_000_000,
      default: 50_000_000,
      description: 'How many bytes the messages may have that are held; one is taken in any case',
    }),
  },
  { additionalProperties: false },
)

export type Config = Static<typeof configSchema>

/**
 * The full name of the subscription. Throws a PermanentError (`PROJECT_MISSING`, `PROJECT_CONTRADICTORY`) where the settings
 * do not say which project it is of.
 */
export function subscriptionName({ project, subscription }: Pick<Config, 'project' | 'subscription'>): string {
  const [, named] = /^projects\/([^/]+)\//.exec(subscription) ?? []
  if (named === undefined && project === undefined)
    throw new PermanentError(
      'PROJECT_MISSING',
      `subscription ${subscription} names no project: set project, or write projects/PROJECT/subscriptions/${subscription}`,
    )
  if (named !== undefined && project !== undefined && named !== project)
    throw new PermanentError(
      'PROJECT_CONTRADICTORY',
      `subscription ${subscription} is of another project than ${project}: leave project out`,
    )
  return named === undefined ? `projects/${project}/subscriptions/${subscription}` : subscription
}
