import { KafkaJSProtocolError, type Admin } from 'kafkajs'
import { expect, test } from 'vitest'
import { groupPositions } from './group-positions.ts'

const where = { group: 'sink.siem', groupId: 'posture.sink.siem', topic: 'posture.findings' }
const loading = () =>
  new KafkaJSProtocolError(
    Object.assign(new Error('The coordinator is loading'), {
      type: 'GROUP_LOAD_IN_PROGRESS',
      code: 14,
      retriable: true,
    }),
  )

/** An admin client whose coordinator fails so often before it answers. */
function admin(failures: number, error: () => Error): { readonly client: Admin; readonly asked: () => number } {
  let asked = 0
  const fetchOffsets = async () => {
    asked += 1
    if (asked <= failures) throw error()
    const partitions = [
      { partition: 0, offset: '-1', metadata: null },
      { partition: 1, offset: '42', metadata: null },
    ]
    return [{ topic: where.topic, partitions }]
  }
  return { client: { fetchOffsets } as unknown as Admin, asked: () => asked }
}

test('a coordinator that is loading is asked again', async () => {
  const { client, asked } = admin(2, loading)
  expect(await groupPositions(client, where, new AbortController().signal)).toEqual(new Map([[1, 42n]]))
  expect(asked()).toBe(3)
})

test('not once the stream is closed, and not where asking again is no help', async () => {
  const stopped = AbortSignal.abort()
  await expect(groupPositions(admin(9, loading).client, where, stopped)).rejects.toMatchObject({
    code: 'KAFKA_FAILING_OVER',
  })
  const broken = admin(9, () => new Error('no'))
  await expect(groupPositions(broken.client, where, new AbortController().signal)).rejects.toThrow('sink.siem')
  expect(broken.asked()).toBe(1)
})
