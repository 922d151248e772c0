import { stringify } from 'yaml'
import type { AlertRule } from './alert-rule.ts'

/** The entries of the runbook are headed with the names of the alerts; GitHub makes its anchors of them in small letters. */
const RUNBOOK = 'docs/guides/runbook.md'

/** The file that Prometheus reads as `rule_files`. */
export function alertsFile(rules: readonly AlertRule[]): string {
  const written = rules.map(({ name, expression, for: lasting, severity, summary, description }) => ({
    alert: name,
    expr: expression,
    for: lasting,
    labels: { severity },
    annotations: { summary, description, runbook_url: `${RUNBOOK}#${name.toLowerCase()}` },
  }))
  const file = { groups: [{ name: 'posture-stream', rules: written }] }
  return `# Written by generate.ts from alert-rules.ts.\n${stringify(file, { lineWidth: 0, singleQuote: true })}`
}
