/** What clients are made with that fill a moto. */
export interface SeedTarget {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly maxAttempts: number
}

/** moto's own account. */
export const SAMPLE_ACCOUNT = '123456789012'
export const SAMPLE_REGION = 'us-east-1'

export function seedTarget(endpoint: string, region = SAMPLE_REGION): SeedTarget {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' }
  return { endpoint, region, credentials, maxAttempts: 1 }
}

/** Lets a client work, and then go. */
export async function using<C extends { destroy(): void }, T>(client: C, work: (client: C) => Promise<T>): Promise<T> {
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}

/** A policy of one or several statements. */
export function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement })
}

/** EC2's and IAM's form of tags. */
export function tags(named: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(named).map(([Key, Value]) => ({ Key, Value }))
}
