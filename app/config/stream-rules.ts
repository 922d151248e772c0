import type { KafkaSasl, KafkaStream } from '../../schemas/generated/config.ts'
import { childPointer, type Places } from './places.ts'

const BY_TOKEN = ['tokenUrl', 'clientId', 'clientSecret', 'scope'] as const
const BY_PASSWORD = ['username', 'password'] as const
const OPTIONAL: ReadonlySet<string> = new Set(['scope'])
const EXAMPLES: Readonly<Record<string, string>> = {
  username: 'username: posture',
  password: 'password: "${KAFKA_PASSWORD}"',
  tokenUrl: 'tokenUrl: https://login.example.com/oauth2/token',
  clientId: 'clientId: posture',
  clientSecret: 'clientSecret: "${KAFKA_CLIENT_SECRET}"',
}

/** Notes what a schema cannot say of a stream on Kafka: settings that do not go together. */
export function noteKafkaRules(stream: KafkaStream, enrichment: unknown, places: Places): void {
  const { replication, minInsyncReplicas, sasl } = stream
  if (typeof replication === 'number' && typeof minInsyncReplicas === 'number' && minInsyncReplicas > replication)
    places.note(
      '/stream/minInsyncReplicas',
      `more than replication (${replication}), so that nothing could ever be written`,
      `write at most ${replication}; 2 of 3 lets one broker fail`,
    )
  if (typeof sasl === 'object') noteSaslRules(sasl, places)
  if ((enrichment as { readonly directory?: unknown } | undefined)?.directory === undefined)
    places.note(
      '/enrichment/directory',
      'missing',
      'add "directory: ./data/enrichment" (the folder that holds the local store; each process needs its own)',
    )
}

function noteSaslRules(sasl: KafkaSasl, places: Places): void {
  const { mechanism } = sasl
  const byToken = mechanism === 'oauthbearer'
  const at = (key: string): string => childPointer('/stream/sasl', key)
  for (const key of byToken ? BY_TOKEN : BY_PASSWORD) {
    if (sasl[key] === undefined && !OPTIONAL.has(key))
      places.note(at(key), 'missing', `add '${EXAMPLES[key]}', which mechanism ${mechanism} needs`)
  }
  for (const key of byToken ? BY_PASSWORD : BY_TOKEN) {
    if (sasl[key] !== undefined)
      places.note(at(key), `not used with mechanism ${mechanism}`, 'remove it, or choose another mechanism', 'key')
  }
}
