import type { KafkaStream } from '../schemas/generated/config.ts'
import { KafkaTopics } from '../stream/kafka/kafka-topics.ts'
import type { TopicPlan } from '../stream/kafka/topic-plan.ts'
import { topics } from '../stream/topics.ts'
import { kafkaOptions } from './kafka-options.ts'

/** The topics of a stream on Kafka, held against how they should be. */
export interface OpenTopics extends AsyncDisposable {
  plan(): Promise<readonly TopicPlan[]>
  /** Creates and changes what can be mended; resolves to what was found before. */
  apply(): Promise<readonly TopicPlan[]>
}

/** Rejects with the reason and the remedy when no broker lets us in. */
export function openTopics(config: KafkaStream): Promise<OpenTopics> {
  return KafkaTopics.connect(kafkaOptions(config), Object.values(topics))
}
