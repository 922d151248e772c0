import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TransientError } from '../../core/errors.ts'
import { sampleFinding } from '../sample-findings.ts'
import type { PostureFinding, Sink } from '../sink.ts'
import { file } from './file.ts'

const PARTITIONS = [0, 1, 2]
const BATCHES = 60
const BATCH = 20

/** The findings of one batch of one partition: every key comes back with its next revision. */
function batchOf(partition: number, batch: number): PostureFinding[] {
  return Array.from({ length: BATCH }, (_, index) => sampleFinding(`p${partition}-${index}`, batch + 1))
}

export function everything(): string[] {
  return PARTITIONS.flatMap((partition) =>
    Array.from({ length: BATCHES }, (_, batch) =>
      batchOf(partition, batch).map(({ key, revision }) => `${key}@${revision}`),
    ),
  )
    .flat()
    .toSorted()
}

/** Delivers what is not committed yet, as a stream would: a position per partition that moves after `deliver` resolved. */
async function deliverAll(directory: string, positions: string): Promise<void> {
  const sink = await open(directory, 60_000)
  const { signal } = new AbortController()
  await Promise.all(
    PARTITIONS.map(async (partition) => {
      const position = join(positions, `${partition}`)
      for (let batch = committed(position); batch < BATCHES; batch += 1) {
        await sink.deliver(batchOf(partition, batch), signal)
        writeFileSync(`${position}.tmp`, String(batch + 1))
        renameSync(`${position}.tmp`, position)
        if (batch === 0) process.stdout.write('started\n')
      }
    }),
  )
  await sink.close?.()
}

async function open(directory: string, maxBytes: number): Promise<Sink> {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const metrics = { count() {}, gauge() {}, observe() {} }
  return await file.create(
    { directory, maxBytes, maxAge: '1d' },
    { name: 'archive', tenant: 'acme', log, metrics, clock: Date.now },
  )
}

function committed(position: string): number {
  try {
    return Number(readFileSync(position, 'utf8'))
  } catch {
    return 0
  }
}

/** Fills a small disk, delivers until it is full, makes space, delivers the rest, and says how that went. */
async function fillDisk(directory: string): Promise<object> {
  const sink = await open(directory, 1e9)
  const { signal } = new AbortController()
  const ballast = join(directory, 'ballast')
  writeFileSync(ballast, Buffer.alloc(100_000))
  const batch = (number: number) => Array.from({ length: 20 }, (_, index) => sampleFinding(`${number}-${index}`))
  let failure: TransientError | undefined
  let wholeLines = false
  for (let number = 0; number < 6; number += 1) {
    try {
      await sink.deliver(batch(number), signal)
    } catch (error) {
      if (failure) throw error
      failure = error as TransientError
      wholeLines = linesOf(directory).length === number * 20
      rmSync(ballast)
      number -= 1
    }
  }
  await sink.close?.()
  return { code: failure?.code, fault: failure?.fault, wholeLines, complete: linesOf(directory).length === 120 }
}

function linesOf(directory: string): unknown[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.ndjson'))
  const text = names.map((name) => readFileSync(join(directory, name), 'utf8')).join('')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown)
}

/** `node sample-processes.ts deliver-all DIRECTORY POSITIONS`, `node sample-processes.ts fill-disk DIRECTORY`. */
if (import.meta.main) {
  const [task, directory, positions] = process.argv.slice(2)
  if (task === 'deliver-all') await deliverAll(directory!, positions!)
  else process.stdout.write(JSON.stringify(await fillDisk(directory!)))
}
