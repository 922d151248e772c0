/** What one of several sources gave: a value, or its end, with what it threw. */
export type Step<Job, Value> =
  | { readonly job: Job; readonly value: Value }
  | { readonly job: Job; readonly ended: true; readonly error?: unknown }

/**
 * The values of several sources as they come, so many of them under way at a time. The next value of a source is asked for
 * once the last one has been taken. The signal that they get ends with the consumer.
 */
export async function* merged<Job, Value>(
  jobs: readonly Job[],
  open: (job: Job, signal: AbortSignal) => AsyncGenerator<Value>,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): AsyncGenerator<Step<Job, Value>> {
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  const waiting = [...jobs]
  const asked = new Map<AsyncGenerator<Value>, Promise<Answer<Job, Value>>>()
  const sources = new Set<AsyncGenerator<Value>>()
  try {
    for (;;) {
      for (const job of waiting.splice(0, limit - sources.size)) {
        const source = open(job, either)
        sources.add(source)
        asked.set(source, ask(source, job))
      }
      if (sources.size === 0) return
      const { source, step } = await Promise.race(asked.values())
      // Out, and in again at the end: every source gets its turn.
      asked.delete(source)
      if ('ended' in step) sources.delete(source)
      yield step
      if (sources.has(source)) asked.set(source, ask(source, step.job))
    }
  } finally {
    stop.abort()
    await Promise.allSettled([...sources].map(async (source) => source.return(undefined)))
  }
}

interface Answer<Job, Value> {
  readonly source: AsyncGenerator<Value>
  readonly step: Step<Job, Value>
}

/** Never rejects. */
async function ask<Job, Value>(source: AsyncGenerator<Value>, job: Job): Promise<Answer<Job, Value>> {
  try {
    const result = await source.next()
    return { source, step: result.done === true ? { job, ended: true } : { job, value: result.value } }
  } catch (error) {
    return { source, step: { job, ended: true, error } }
  }
}
