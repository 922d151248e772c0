/**
 * Waits for the work, or rejects with the signal's reason as soon as it aborts: for work that takes no notice of a signal
 * itself, which then goes on unheard.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) abort()
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', abort)
    // Whoever was first, the other one's rejection is nobody's business any more.
    work.catch(() => {})
    aborted.catch(() => {})
  }
}
