import { PermanentError } from '../core/errors.ts'
import type { Logger } from '../core/telemetry.ts'
import type { KafkaSasl, KafkaStream } from '../schemas/generated/config.ts'
import type { KafkaOptions } from '../stream/kafka/client.ts'
import type { SaslOptions } from '../stream/kafka/security.ts'

type Defaulted = 'prefix' | 'partitions' | 'replication' | 'minInsyncReplicas' | 'compression' | 'sessionTimeoutMs'

/** A configuration's section `stream` as the stream takes it; without a log only errors tell what is wrong. */
export function kafkaOptions(config: KafkaStream, log?: Logger): KafkaOptions {
  const { sasl, tls, clientId, ...rest } = config as KafkaStream & Required<Pick<KafkaStream, Defaulted>>
  return { ...rest, clientId, log, tls, sasl: sasl === undefined ? undefined : saslOptions(sasl) }
}

/** The loader has made sure that what the mechanism needs is there; a configuration made in code has not passed it. */
function saslOptions({
  mechanism,
  username,
  password,
  tokenUrl,
  clientId,
  clientSecret,
  scope,
}: KafkaSasl): SaslOptions {
  if (mechanism === 'oauthbearer' && tokenUrl !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { mechanism, tokenUrl, clientId, clientSecret, scope }
  if (mechanism !== 'oauthbearer' && username !== undefined && password !== undefined)
    return { mechanism, username, password }
  throw new PermanentError('CONFIG_INVALID', `stream.sasl lacks what mechanism ${mechanism} needs`)
}
