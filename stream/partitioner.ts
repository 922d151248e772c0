const SEED = 0x9747b28c
const M = 0x5bd1e995

/** The 32-bit murmur2 of Kafka's Java client (`Utils.murmur2`), as a signed integer. */
export function murmur2(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const tail = data.byteLength & ~3
  let hash = SEED ^ data.byteLength
  for (let index = 0; index < tail; index += 4) {
    let word = Math.imul(view.getInt32(index, true), M)
    word = Math.imul(word ^ (word >>> 24), M)
    hash = Math.imul(hash, M) ^ word
  }
  if (tail < data.byteLength) {
    for (let index = data.byteLength - 1; index >= tail; index -= 1)
      hash ^= view.getUint8(index) << (8 * (index - tail))
    hash = Math.imul(hash, M)
  }
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}

/** The partition in which Kafka's Java client puts a key: every implementation of the stream must agree on it. */
export function partitionFor(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}
