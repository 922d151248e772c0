/** `critical`: data is at risk or nothing moves. `warning`: something waits for a person, and nothing is lost. */
type Severity = 'critical' | 'warning'

/** An alert as it is written down; docs/guides/runbook.md has an entry of the same name. */
export interface AlertRule {
  readonly name: `Posture${string}`
  readonly severity: Severity
  /** What Prometheus evaluates; each series that comes out is one alert. */
  readonly expression: string
  /** How long that must hold, as Prometheus writes it. */
  readonly for: string
  /** One line for a telephone; a template of Prometheus. */
  readonly summary: string
  /** What is wrong, what it costs, and the first thing to look at; a template. */
  readonly description: string
}
