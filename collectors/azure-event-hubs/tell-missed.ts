import type { Context } from '../../core/component.ts'

/** Where messages were missed: `hub` where it is known by name, and the partition as the protocol calls it. */
interface Place {
  readonly hub?: string
  readonly partition: string | number
  readonly consumerGroup: string
}

/** Counts messages that a hub deleted before they were read, and says so. */
export function tellMissed(
  { log, metrics, name }: Pick<Context, 'name' | 'log' | 'metrics'>,
  missed: number,
  { consumerGroup, ...place }: Place,
): void {
  metrics.count('posture_collector_messages_missed_total', missed, { collector: name })
  log.warn(
    { ...place, missed, consumerGroup },
    `The hub deleted ${missed} messages of partition ${place.partition} before collector ${name} had read them: they were older than its retention. The next weekly snapshot brings what they said.`,
  )
}
