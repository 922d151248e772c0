import { expect, onTestFinished, test } from 'vitest'
import { PermanentError } from '../../core/errors.ts'
import { deadLetterRecords, streamOrigin } from '../../schemas/dead-letters.ts'
import { eventHeaders } from '../../schemas/records.ts'
import { topics } from '../../stream/topics.ts'
import { statement } from '../sample-statement.ts'
import { ScratchKafka } from '../scratch-kafka.ts'
import { ScratchPipeline } from '../scratch-pipeline.ts'
import { sharedBrokers } from '../servers/kafka/shared-brokers.ts'

interface Listed {
  readonly id: string
  readonly code: string
}

test('on Kafka, what enrichment set aside is listed, done again by its next run, and what is dropped is not', async (context) => {
  const kafka = await ScratchKafka.create({ brokers: await sharedBrokers(context), partitions: 2 })
  const pipeline = new ScratchPipeline(kafka)
  onTestFinished(() => pipeline.remove())
  const stream = await kafka.open()
  for (const [at, code] of ['MENDED', 'HOPELESS'].entries()) {
    const event = statement(`bucket-${at}`)
    const letter = { key: event.key, value: Buffer.from(JSON.stringify(event)), headers: eventHeaders(event) }
    const origin = streamOrigin({ topic: topics.events.name, partition: 1, offset: BigInt(at) })
    const error = new PermanentError(code, 'it was refused')
    const reason = {
      stage: 'enrichment',
      component: 'enrichment',
      error,
      origin,
      attempts: 1,
      time: Date.now(),
    } as const
    await stream.publish(topics.deadLetters.name, deadLetterRecords(letter, reason))
  }
  await stream.close()

  const list = async (...options: string[]): Promise<Listed[]> => {
    const { stdout } = await pipeline.command('dead-letters', 'list', '--json', ...options)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Listed)
  }
  const letters = await list()
  expect(letters.map(({ code }) => code).toSorted()).toEqual(['HOPELESS', 'MENDED'])
  const idOf = (code: string): string => letters.find((letter) => letter.code === code)!.id
  expect(await pipeline.command('dead-letters', 'replay', idOf('MENDED'))).toMatchObject({ code: 0 })
  expect(await pipeline.command('dead-letters', 'drop', idOf('HOPELESS'))).toMatchObject({ code: 0 })
  expect(await list()).toEqual([])
  expect(await list('--all')).toHaveLength(2)

  expect(await pipeline.run()).toMatchObject({ changed: 1, open: 1, deadLetters: 0 })
  expect(pipeline.written()).toHaveLength(1)
})
