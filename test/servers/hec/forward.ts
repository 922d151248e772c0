import { HecRefusal } from './codes.ts'
import type { HecEnvelope } from './options.ts'

/** Hands events on to another HEC. Throws code 9 unless it takes them: to its clients, a node that cannot index is busy. */
export async function forward(url: string, envelopes: readonly HecEnvelope[]): Promise<void> {
  const body = envelopes.map((envelope) => JSON.stringify(envelope)).join('\n')
  // VictoriaLogs answers 200 to any other type, and stores nothing.
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined)
  await response?.arrayBuffer()
  if (!response?.ok) throw new HecRefusal(9)
}
