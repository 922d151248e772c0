import { amount, span } from '../format/status-words.ts'
import { NextSteps } from './next-steps.ts'
import type { Observation } from './observation.ts'
import type { StatusParts, StatusTrouble } from './status-shape.ts'

/** Dead letters are one thing to do, however many they are. */
export function deadLetterTroubles(
  { at, configuration }: Observation,
  { deadLetters: { waiting, newestAt, byReason } }: StatusParts,
): StatusTrouble[] {
  const [most] = byReason
  if (most === undefined || newestAt === undefined) return []
  const components = new Set(byReason.map(({ stage, component }) => JSON.stringify([stage, component])))
  const only = components.size === 1 ? ` --stage ${most.stage} --component ${most.component}` : ''
  const isStage = ['collectors', 'enrichment', 'sinks'].includes(most.stage)
  const oldestKnown = byReason.map((reason) => reason.newestAt).toSorted()[0]!
  return [
    {
      code: 'DEAD_LETTERS',
      level: 'soon',
      summary: amount(waiting, 'dead letter'),
      detail: `most are ${most.code} of ${most.stage}.${most.component} (${most.waiting}); the newest is ${span(at - Date.parse(newestAt))} old`,
      since: oldestKnown,
      next: new NextSteps(configuration).command(`dead-letters list${isStage ? only : ''}`),
    },
  ]
}
