import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { consumerPerformance, producerPerformance } from '../../test/servers/kafka/tools.ts'
import type { Measured, Task } from './task.ts'
import { createTopics, removeTopic } from './bench-topics.ts'

export interface Plan extends Omit<Task, 'operation' | 'subject' | 'output'> {
  /** Where CPU profiles go; none unless told. */
  readonly profiles: string | undefined
}

const LIMIT_MS = 120_000
const child = join(import.meta.dirname, 'measure.child.ts')

/** Creates and fills the topic that the measurements read. */
export async function fillInput(plan: Plan): Promise<void> {
  const task = taskOf(plan, { operation: 'publish', subject: 'kafka' })
  await createTopics(task)
  await run(['fill', JSON.stringify(task)], [])
  await removeTopic(task, task.output)
}

export async function removeInput(plan: Plan): Promise<void> {
  await removeTopic(taskOf(plan, { operation: 'publish', subject: 'kafka' }), plan.input)
}

/** Makes one measurement, on an output of its own. */
export async function measure(plan: Plan, what: Pick<Task, 'operation' | 'subject'>): Promise<Measured> {
  const task = taskOf(plan, what)
  if (task.subject === 'embedded') return await inProcess(plan, task)
  await createTopics(task)
  try {
    return task.subject === 'java' ? await byJava(task) : await inProcess(plan, task)
  } finally {
    await removeTopic(task, task.output)
  }
}

async function inProcess({ profiles }: Plan, task: Task): Promise<Measured> {
  const name = `${task.operation} ${task.subject}.cpuprofile`.replaceAll(' ', '-')
  const profile = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}`]
  return JSON.parse(await run(['measure', JSON.stringify(task)], profile)) as Measured
}

async function run(args: readonly string[], options: readonly string[]): Promise<string> {
  const all = ['--disable-warning=TimeoutNegativeWarning', ...options, child, ...args]
  const { stdout } = await promisify(execFile)(process.execPath, all, { timeout: LIMIT_MS })
  return stdout
}

/** Its start is in the CPU time of Java; a longer run would show less of it. */
async function byJava({ operation, records, recordBytes, compression, ...task }: Task): Promise<Measured> {
  const { brokers, prefix } = task
  const signal = AbortSignal.timeout(LIMIT_MS)
  if (operation === 'consume')
    return await consumerPerformance({ brokers, topic: `${prefix}.${task.input}`, records, signal })
  const properties = { 'compression.type': compression, acks: 'all', 'enable.idempotence': 'true' }
  const topic = `${prefix}.${task.output}`
  return await producerPerformance({ brokers, topic, records, recordSize: recordBytes, properties, signal })
}

function taskOf({ profiles: _, ...plan }: Plan, what: Pick<Task, 'operation' | 'subject'>): Task {
  return { ...plan, ...what, output: `output-${randomUUID().slice(0, 8)}` }
}
