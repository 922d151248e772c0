import { createHash } from 'node:crypto'
import { findingHeaders } from '../../schemas/records.ts'

/** What a benchmark writes: the key, value and headers of a record on posture.findings. */
export interface Load {
  readonly key: string
  readonly value: Buffer
  readonly headers: Readonly<Record<string, string>>
}

const DISTINCT = 1000
const FIRST_SEEN = Date.UTC(2026, 10, 25)

/** Records of about `bytes` each, value and headers together, the same in every run; they compress as findings do. */
export function loadOf(bytes: number): readonly Load[] {
  return Array.from({ length: DISTINCT }, (_, index) => record(index, bytes))
}

function record(index: number, bytes: number): Load {
  const key = `v1:${words(`key ${index}`, 32)}`
  const headers = findingHeaders(
    { key, tenant: 'acme', revision: 1 + (index % 9), state: 'open', priority: 'P2', cause: 'observed' },
    FIRST_SEEN + index,
  )
  const taken = Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + text.length, key.length)
  const event = { finding_info: { uid: key, title: `Bucket ${index} is not public` }, evidence: [] as string[] }
  for (let part = 0; JSON.stringify(event).length < bytes - taken; part++) event.evidence.push(evidence(index, part))
  return { key, value: Buffer.from(JSON.stringify(event)), headers }
}

/** Half words that come again and again, half what is the same nowhere. */
function evidence(index: number, part: number): string {
  return `arn:aws:s3:::example-bucket-${index % 50}/policy/Statement/${part} allows Principal ${words(`${index}/${part}`, 48)}`
}

function words(seed: string, length: number): string {
  return createHash('sha512').update(seed).digest('hex').slice(0, length)
}
