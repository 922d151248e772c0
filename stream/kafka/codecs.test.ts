import { randomBytes } from 'node:crypto'
import kafkajs, { CompressionTypes } from 'kafkajs'
import { describe, expect, test } from 'vitest'
import { compressionType, registerCodecs } from './codecs.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

/** snappy-java's frame: a magic, two versions, then each block behind its length. */
function framed(...blocks: readonly Buffer[]): Buffer {
  const header = Buffer.from('82534e41505059000000000100000001', 'hex')
  const parts = blocks.flatMap((block) => {
    const packed = compressSnappy(block)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(packed.length)
    return [length, packed]
  })
  return Buffer.concat([header, ...parts])
}

describe('codecs', () => {
  const texts = [Buffer.alloc(0), Buffer.from('a'), Buffer.from('posture '.repeat(100_000)), randomBytes(1_000_000)]

  test.each(['zstd', 'lz4', 'snappy', 'gzip'] as const)('%s gives back what it was given', async (name) => {
    registerCodecs()
    const codec = (kafkajs.CompressionCodecs as unknown as Record<number, () => Codec>)[compressionType(name)]!()
    for (const bytes of texts) {
      const packed = await codec.compress({ buffer: bytes })
      expect((await codec.decompress(packed)).equals(bytes)).toBe(true)
    }
  })

  test('none leaves records as they are', () => {
    expect(compressionType('none')).toBe(CompressionTypes.None)
  })
})

describe('snappy', () => {
  test('reads the frames of the Java client', () => {
    const blocks = [Buffer.from('one '.repeat(5000)), Buffer.from('two'), Buffer.alloc(0)]
    expect(decompressSnappy(framed(...blocks), 1_000_000).equals(Buffer.concat(blocks))).toBe(true)
  })

  test('refuses what is cut off, damaged, or becomes too large', () => {
    const bytes = framed(Buffer.from('one '.repeat(5000)), Buffer.from('two'))
    expect(() => decompressSnappy(bytes.subarray(0, -1), 1_000_000)).toThrow('cut off')
    expect(() => decompressSnappy(bytes, 20_001)).toThrow()
    expect(() => decompressSnappy(Buffer.from([255, 255, 255, 255, 15, 0]), 1_000_000)).toThrow()
  })
})
