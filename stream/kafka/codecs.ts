import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import kafkajs, { CompressionTypes } from 'kafkajs'
import { compressFrame, decompressFrame } from 'lz4-napi'
import { compressSnappy, decompressSnappy } from './snappy.ts'

export type Compression = 'zstd' | 'gzip' | 'snappy' | 'lz4' | 'none'

/** What kafkajs asks of a codec; it hands over an encoder and takes bytes. */
interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

/** No record batch that a broker takes becomes larger than this; anything that does is an attack or damage. */
const MAX_BYTES = 256 * 1024 * 1024
/** Level 1: a tenth of gzip's time for about its size. */
const ZSTD_LEVEL = 1

const zstdPacker = promisify(zstdCompress)
const zstdUnpacker = promisify(zstdDecompress)

const zstd: Codec = {
  compress: ({ buffer }) => zstdPacker(buffer, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
  decompress: (bytes) => zstdUnpacker(bytes, { maxOutputLength: MAX_BYTES }),
}
const lz4: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (bytes) => decompressFrame(bytes),
}
const snappy: Codec = {
  compress: async ({ buffer }) => compressSnappy(buffer),
  decompress: async (bytes) => decompressSnappy(bytes, MAX_BYTES),
}

/** Teaches kafkajs the codecs that it leaves to others; gzip is its own. Safe to call again. */
export function registerCodecs(): void {
  const { CompressionCodecs } = kafkajs
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4
  CompressionCodecs[CompressionTypes.Snappy] = () => snappy
}

export function compressionType(compression: Compression): CompressionTypes {
  const types = {
    none: CompressionTypes.None,
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
    zstd: CompressionTypes.ZSTD,
  } as const
  return types[compression]
}
