import { Type, type Static } from 'typebox'
import type { Secret } from '../../core/secret.ts'

const secretText = (description: string) =>
  Type.Unsafe<Secret>(Type.String({ secret: true, minLength: 1, description }))

const identity = Type.Object(
  {
    tenantId: Type.String({ minLength: 1, description: 'The Entra tenant of the application' }),
    clientId: Type.String({ minLength: 1, description: 'The application (client) id' }),
    clientSecret: secretText('A client secret of the application'),
    authority: Type.Optional(
      Type.String({
        pattern: '^https://[^\\s/?#@]+/?$',
        examples: ['https://login.microsoftonline.us'],
        description: 'Where it signs in, in a national cloud; without it, the public cloud',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'An application of Entra ID to sign in as; without it, and without connection strings, what the Azure SDK finds: environment, workload identity, managed identity, Azure CLI',
  },
)

const checkpoints = Type.Object(
  {
    container: Type.String({
      pattern: '^(https?://[^\\s/?#@]+/[^\\s?#@]+|[^\\s/?#@:]+)$',
      description: 'The blob container, which must exist: by its URL, or by its name beside a connection string',
      examples: ['https://contosoposture.blob.core.windows.net/checkpoints'],
    }),
    connectionString: Type.Optional(secretText('Of the storage account; without it, Entra ID')),
  },
  {
    additionalProperties: false,
    description:
      'Where readers of one consumer group share its partitions and keep how far they are; required unless the protocol is kafka',
  },
)

const kafka = Type.Object(
  {
    brokers: Type.Optional(
      Type.Array(Type.String({ pattern: '^[^\\s/:@]+:[0-9]{1,5}$' }), {
        minItems: 1,
        uniqueItems: true,
        examples: [['contoso.servicebus.windows.net:9093']],
        description: 'host:port where the Kafka endpoint listens; port 9093 of the namespace unless told',
      }),
    ),
    ca: Type.Optional(
      Type.String({
        path: 'input',
        minLength: 1,
        description: "File (or PEM text) of the authorities that may sign its certificate; the system's unless told",
      }),
    ),
  },
  { additionalProperties: false, description: 'What concerns the protocol kafka only' },
)

const hub = {
  connectionString: Type.Optional(
    secretText('Of the hub or its namespace, of a policy with the right Listen; without it, Entra ID'),
  ),
  namespace: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$',
      description: 'The host name of the namespace; of no use beside a connection string, which names it',
      examples: ['contoso.servicebus.windows.net'],
    }),
  ),
  eventHub: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The hub; may be left out where the connection string names it (EntityPath)',
      examples: ['defender'],
    }),
  ),
  consumerGroup: Type.String({
    minLength: 1,
    description: 'A consumer group of the hub that nothing else reads with',
    examples: ['posture-stream'],
  }),
  protocol: Type.Union([Type.Literal('amqp'), Type.Literal('kafka')], {
    default: 'amqp',
    description: "By which of the hub's two protocols it is read; kafka needs the Standard tier",
  }),
  webSockets: Type.Boolean({
    default: false,
    description: 'AMQP through port 443, where a firewall lets nothing through to 5671',
  }),
}

export const configSchema = Type.Object(
  {
    ...hub,
    identity: Type.Optional(identity),
    checkpoints: Type.Optional(checkpoints),
    kafka: Type.Optional(kafka),
    claimSeconds: Type.Integer({
      minimum: 3,
      maximum: 3600,
      default: 60,
      description:
        'How long a partition stays with a reader that says nothing any more, until another takes it; every reader of a consumer group should have the same. With the protocol kafka from 6 to 300',
    }),
    startFrom: Type.Union([Type.Literal('earliest'), Type.Literal('latest')], {
      default: 'earliest',
      description: 'Where a partition is begun that nobody of the consumer group has read yet',
    }),
    waitSeconds: Type.Integer({
      minimum: 1,
      maximum: 300,
      default: 20,
      description: 'After how long without a message the hub counts as read to its end',
    }),
    maxMessages: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 500,
      description: 'How many messages of a partition are taken at a time; fewer where they are large',
    }),
  },
  { additionalProperties: false },
)

export type Config = Static<typeof configSchema>
