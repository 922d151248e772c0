import { stringify } from 'yaml'
import type { AlertRule } from '../../../deploy/prometheus/alert-rule.ts'

/** Made-up series, a sample a minute, and what the rules must make of them. */
export interface RuleCase {
  readonly name: string
  /** By series, its samples as promtool writes them; a process that answers is there anyway, unless `up` is among them. */
  readonly series: Readonly<Record<string, string>>
  /** By minute: the alerts that fire then, and no others. */
  readonly at: Readonly<Record<number, readonly Firing[]>>
}

export interface Firing {
  readonly alert: AlertRule['name']
  /** Without the severity, which is the rule's. */
  readonly labels: Readonly<Record<string, string>>
  readonly summary: string
}

/** The rules as they are, with the summary as their only annotation: promtool compares all that there are. */
export function rulesToTest(rules: readonly AlertRule[]): string {
  const written = rules.map(({ name, expression, for: lasting, severity, summary }) => ({
    alert: name,
    expr: expression,
    for: lasting,
    labels: { severity },
    annotations: { summary },
  }))
  return stringify({ groups: [{ name: 'posture-stream', rules: written }] }, { lineWidth: 0 })
}

/** The file for `promtool test rules`. */
export function testFile(cases: readonly RuleCase[], rules: readonly AlertRule[], rulesFile: string): string {
  const tests = cases.map(({ name, series, at }) => ({
    name,
    interval: '1m',
    input_series: Object.entries({ 'up{job="posture-stream", instance="a"}': '1x100', ...series }).map(
      ([each, values]) => ({ series: each, values }),
    ),
    alert_rule_test: Object.entries(at).flatMap(([minute, firings]) =>
      rules.map((rule) => ({
        eval_time: `${minute}m`,
        alertname: rule.name,
        exp_alerts: firings
          .filter(({ alert }) => alert === rule.name)
          .map(({ labels, summary }) => ({
            exp_labels: { ...labels, severity: rule.severity },
            exp_annotations: { summary },
          })),
      })),
    ),
  }))
  return stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }, { lineWidth: 0 })
}
