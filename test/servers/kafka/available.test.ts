import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { kafkaAvailability, whyNoOwnBrokers } from './available.ts'

test('a given cluster is taken as it is, and no broker is started beside it', () => {
  const environment = { KAFKA_BROKERS: 'one:9092, two:9092,' }
  expect(kafkaAvailability(environment)).toEqual({ from: 'environment', brokers: ['one:9092', 'two:9092'] })
  expect(whyNoOwnBrokers(environment)).toContain('KAFKA_BROKERS')
})

test('a machine without Java says what to install, and fails where Kafka is required', () => {
  const environment = { PATH: '', KAFKA_BROKERS: '' }
  expect(whyNoOwnBrokers(environment)).toMatch(/^no Kafka: install Java 17 or newer/)
  expect(() => kafkaAvailability({ ...environment, KAFKA_REQUIRED: '1' })).toThrow('install Java 17')
})

test('a Java that is too old counts as none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'posture-stream-java-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'java'), '#!/bin/sh\necho \'openjdk version "11.0.2" 2019-01-15\' >&2\n')
  chmodSync(join(folder, 'java'), 0o755)
  expect(whyNoOwnBrokers({ PATH: folder })).toContain('java in PATH says: openjdk version "11.0.2"')
})
