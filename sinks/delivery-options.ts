import { Type } from 'typebox'

/** The `delivery` part of every sink's configuration: how patient and how large its batches are. */
export const sinkDelivery = Type.Object(
  {
    maxAttempts: Type.Integer({
      minimum: 1,
      default: 8,
      description: 'How often one finding may fail, while the destination is healthy, before it becomes a dead letter',
    }),
    initialBackoffMs: Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 500,
      description:
        'The longest first pause before trying again, in milliseconds; it doubles each time, with full jitter',
    }),
    maxBackoffMs: Type.Integer({
      minimum: 1,
      maximum: 3_600_000,
      default: 60_000,
      description: 'The longest pause, in milliseconds, unless the destination asks for a longer one',
    }),
    batch: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 500,
      description: 'The most findings that the sink is given at once',
    }),
  },
  { additionalProperties: false, default: {}, description: 'How findings are delivered; the same for every sink' },
)
