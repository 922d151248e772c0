import type { AlertRule } from './alert-rule.ts'
import { asGroup, failingGroups, lagByGroup, notCatchingUp, oldestByGroup, pastHalf, waitingSinks } from './promql.ts'
import type { Timescale } from './timescale.ts'

/** Alerts about consumer groups: enrichment, and each sink. */
export function groupRules(time: Timescale): readonly AlertRule[] {
  return [closeToRetention(time), unread(time), behind(time), batchesFailing(time)]
}

function closeToRetention(time: Timescale): AlertRule {
  return {
    name: 'PostureNearRetention',
    severity: 'critical',
    expression: `${pastHalf} and ${notCatchingUp(time)}`,
    for: time.span(5),
    summary: '{{ $labels.job }}: {{ $labels.group }} will lose records of {{ $labels.topic }}',
    description:
      'The oldest record that {{ $labels.group }} has not done is {{ humanizeDuration $value }} old, more than half of the time for which {{ $labels.topic }} keeps it, and the group does not catch up.',
  }
}

function unread(time: Timescale): AlertRule {
  return {
    name: 'PostureGroupUnread',
    severity: 'critical',
    expression: `${lagByGroup} > 0 unless sum by (job, topic, group) (posture_group_partitions) > 0`,
    for: time.span(5),
    summary: '{{ $labels.job }}: nobody reads {{ $labels.topic }} for {{ $labels.group }}',
    description:
      '{{ printf "%.0f" $value }} records of {{ $labels.topic }} wait for {{ $labels.group }}, whose processes run and have no partition: they cannot join the group, or a process that is not known here holds it.',
  }
}

function behind(time: Timescale): AlertRule {
  const old = `${oldestByGroup} > ${time.seconds(15)}`
  return {
    name: 'PostureGroupBehind',
    severity: 'warning',
    // Where the sink waits or its batches fail, that is what has to be mended.
    expression: `${old} and ${notCatchingUp(time)} unless ${failingGroups(time)} unless on (job, group) ${asGroup(waitingSinks)}`,
    for: time.span(5),
    summary: '{{ $labels.job }}: {{ $labels.group }} is behind by {{ humanizeDuration $value }} and does not catch up',
    description:
      'More comes to {{ $labels.topic }} than {{ $labels.group }} does, or one record holds it up. Nothing is lost before the retention of the topic.',
  }
}

function batchesFailing(time: Timescale): AlertRule {
  return {
    name: 'PostureBatchesFailing',
    severity: 'warning',
    expression: failingGroups(time),
    for: time.span(5),
    summary: '{{ $labels.job }}: batches of {{ $labels.group }} fail again and again',
    description:
      '{{ printf "%.0f" $value }} batches of {{ $labels.topic }} failed within ten minutes and were taken again. The partition stands until its batch succeeds; the log of the process has the error.',
  }
}
