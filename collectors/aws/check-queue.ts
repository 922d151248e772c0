import { PipelineError } from '../../core/errors.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { Queue } from './queue.ts'

/** No message has this receipt: SQS refuses the receipt where it would not refuse the caller. */
const NO_RECEIPT = [{ receipt: 'posture-stream-check' }]

/**
 * Whether the queue is there and gives what is asked of it. Reading is not tried, since that counts as an attempt at a
 * message; deleting and hiding are tried on a message that does not exist. Rejects with an error of ours (`QUEUE_…`).
 */
export async function checkQueue(queue: Queue, log: Logger, signal: AbortSignal): Promise<void> {
  const { RedrivePolicy } = await queue.attributes(signal)
  await refusedReceipt(queue.delete(NO_RECEIPT, signal))
  await refusedReceipt(queue.hide(NO_RECEIPT, 0, signal))
  if (RedrivePolicy === undefined)
    log.warn(
      { queue: queue.url },
      `${queue.url} has no redrive policy: a message that makes its reader crash would come again until it is too old.`,
    )
}

/** That the whole request is refused for its receipt is as good an answer as that the one entry is. */
async function refusedReceipt(request: Promise<unknown>): Promise<void> {
  try {
    await request
  } catch (error) {
    const { name } = (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : { name: '' }
    if (!(error instanceof PipelineError) || !/Receipt|InvalidParameterValue|MessageNotInflight/.test(name)) throw error
  }
}
