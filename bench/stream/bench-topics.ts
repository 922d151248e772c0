import { createClient, type KafkaOptions } from '../../stream/kafka/client.ts'
import { applyTopics } from '../../stream/kafka/topic-admin.ts'
import type { Topic } from '../../stream/topics.ts'
import type { Task } from './task.ts'

export function topicsOf({ input, output }: Pick<Task, 'input' | 'output'>): Topic[] {
  return [input, output].map((name) => ({
    name,
    partitions: 'many',
    cleanup: 'delete',
    summary: 'Made to be measured',
  }))
}

export async function createTopics(task: Task): Promise<void> {
  await asAdmin(task, (admin) => applyTopics(admin, kafkaOptions(task), topicsOf(task)))
}

export async function removeTopic(task: Task, name: string): Promise<void> {
  await asAdmin(task, (admin) => admin.deleteTopics({ topics: [`${task.prefix}.${name}`] }))
}

export function kafkaOptions({ brokers, prefix, partitions, compression }: Task): KafkaOptions {
  const sessionTimeoutMs = 10_000
  return { brokers, prefix, partitions, replication: 1, minInsyncReplicas: 1, compression, sessionTimeoutMs }
}

type Admin = ReturnType<ReturnType<typeof createClient>['admin']>

async function asAdmin(task: Task, work: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = createClient(kafkaOptions(task)).admin()
  try {
    await admin.connect()
    await work(admin)
  } finally {
    await admin.disconnect()
  }
}
