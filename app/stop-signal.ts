const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Aborted by the first request to end the process; the second one calls `atOnce`. */
export function stopSignal(atOnce: () => void): AbortSignal {
  const controller = new AbortController()
  for (const name of SIGNALS)
    process.on(name, () => {
      if (controller.signal.aborted) atOnce()
      else controller.abort(new Error(`stopped by ${name}`))
    })
  return controller.signal
}
