import { sampleEvent, sampleFinding } from '../collectors/aws-security-hub-events/sample-events.ts'
import { CREDENTIALS } from './findings-queue.ts'
import { pipelineOf, type ArrivingSource, type ReadSource } from './kills-while-messages-arrive.ts'
import type { ScratchPipeline } from './scratch-pipeline.ts'

const VISIBILITY_S = 3

/** A queue of SQS, whoever serves it. */
export interface ArrivingQueue {
  readonly url: string
  readonly endpoint: string
  send(bodies: readonly string[]): Promise<void>
  left: ArrivingSource['left']
}

/** A pipeline whose collector reads a queue. */
export function queuePipeline(queue: Pick<ArrivingQueue, 'url' | 'endpoint'>): ScratchPipeline {
  return pipelineOf(readQueue(queue))
}

/** The queue as what Security Hub's events arrive at. */
export function arrivingQueue(queue: ArrivingQueue): ArrivingSource {
  return {
    ...readQueue(queue, `visibilitySeconds: ${VISIBILITY_S}`),
    hiddenMs: VISIBILITY_S * 1000,
    send: (numbers) => queue.send(numbers.map((each) => JSON.stringify(sampleEvent([sampleFinding(each)])))),
    left: () => queue.left(),
  }
}

function readQueue({ url, endpoint }: Pick<ArrivingQueue, 'url' | 'endpoint'>, settings = ''): ReadSource {
  return {
    environment: CREDENTIALS,
    collector: `type: aws-security-hub-events
    queueUrl: "${url}"
    region: eu-west-1
    endpoint: "${endpoint}"
    waitSeconds: 1
    ${settings}`,
  }
}
