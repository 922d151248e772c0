import { aligned, median } from '../figures.ts'
import type { Plan } from './measurement.ts'
import type { Measured, Operation, Subject } from './task.ts'

export interface Row {
  readonly operation: Operation
  readonly subject: Subject
  readonly measured: Measured[]
}

const HEAD = ['', '', 'records/s', 'CPU s/million', 'lowest', 'highest', 'of bare kafkajs']

/** The medians, with what each costs beside the plain loop of kafkajs. */
export function tableOf(rows: readonly Row[], { records, recordBytes, compression, batch, partitions }: Plan): string {
  const title = `${records} records of ${recordBytes} bytes, ${compression}, ${partitions} partitions, batches of ${batch}; medians of ${rows[0]?.measured.length ?? 0}`
  const bare = new Map(
    rows
      .filter(({ subject }) => subject === 'bare kafkajs')
      .map(({ operation, measured }) => [operation, median(measured.map(cpu))]),
  )
  const lines = rows.map(({ operation, subject, measured }, index) => {
    const costs = measured.map(cpu).toSorted((a, b) => a - b)
    const beside = bare.get(operation)
    const ratio = subject === 'kafka' && beside !== undefined ? (median(costs) / beside).toFixed(2) : ''
    const rate = median(measured.map(({ records: done, seconds }) => done / seconds))
    const first = rows[index - 1]?.operation !== operation
    return [
      first ? operation : '',
      subject,
      rate.toFixed(0),
      ...[median(costs), costs[0]!, costs.at(-1)!].map((cost) => cost.toFixed(1)),
      ratio,
    ]
  })
  return [title, ...aligned([HEAD, ...lines])].join('\n')
}

/** CPU seconds for a million records. */
function cpu({ cpuSeconds, records }: Measured): number {
  return (cpuSeconds / records) * 1e6
}
