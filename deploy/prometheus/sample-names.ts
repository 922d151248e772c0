import { parser } from '@prometheus-io/lezer-promql'
import { metricCatalog } from '../../core/telemetry.ts'

type SyntaxNode = ReturnType<typeof parser.parse>['topNode']

/** What Prometheus gives every series of a target. */
const TARGET = ['job', 'instance']
/** What we use of what prom-client tells of every process. */
export const ofEveryProcess = [
  'process_start_time_seconds',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_p99_seconds',
]
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(['up', ...ofEveryProcess].map((name) => [name, TARGET])),
  // Prometheus itself makes these, and gives them the labels of the alert as well.
  ALERTS: ['alertname', 'alertstate', 'severity'],
}

/** What an expression names that does not exist: metrics, and labels of its metrics. Throws where it is no PromQL. */
export function unknownNames(expression: string): string[] {
  const unknown = new Set<string>()
  parser.parse(expression).iterate({
    enter: ({ name, node, from, to }) => {
      const text = expression.slice(from, to)
      if (name === '⚠') throw new Error(`No PromQL at ${from}: ${expression}`)
      if (name === 'VectorSelector') {
        const metric = metricOf(node, expression)
        const known = labelsOf(metric)
        if (known === undefined) unknown.add(metric)
        else
          for (const label of matchersOf(node, expression))
            if (!known.includes(label)) unknown.add(`${metric}{${label}}`)
      }
      if (name !== 'GroupingLabels') return
      const known = labelsWithin(scopeOf(node), expression)
      for (const label of wordsIn(text)) if (!known.has(label)) unknown.add(`by (${label})`)
    },
  })
  return [...unknown]
}

/** The labels that the series of an expression can have. */
export function labelsIn(expression: string): ReadonlySet<string> {
  return labelsWithin(parser.parse(expression).topNode, expression)
}

function labelsOf(metric: string): readonly string[] | undefined {
  const base = metric.replace(/_(bucket|sum|count)$/, '')
  const catalog: Readonly<Record<string, { readonly kind: string; readonly labels: readonly string[] }>> = metricCatalog
  const own = catalog[metric]
  if (own !== undefined && own.kind !== 'histogram') return [...TARGET, ...own.labels]
  const histogram = catalog[base]
  if (base !== metric && histogram?.kind === 'histogram') return [...TARGET, 'le', ...histogram.labels]
  return FOREIGN[metric]
}

function labelsWithin(node: SyntaxNode, expression: string): Set<string> {
  const labels = new Set<string>()
  node.cursor().iterate((cursor) => {
    if (cursor.from < node.from || cursor.to > node.to) return
    if (cursor.name === 'VectorSelector')
      for (const label of labelsOf(metricOf(cursor.node, expression)) ?? []) labels.add(label)
    // label_replace(vector, "the label it makes", …)
    if (cursor.name !== 'FunctionCall' || !expression.slice(cursor.from).startsWith('label_replace')) return
    const made = /^label_replace\(.*?, "(\w+)", "/.exec(expression.slice(cursor.from, cursor.to))?.[1]
    if (made !== undefined) labels.add(made)
  })
  return labels
}

function scopeOf(node: SyntaxNode): SyntaxNode {
  let scope = node
  while (scope.name !== 'AggregateExpr' && scope.name !== 'BinaryExpr') scope = scope.parent!
  return scope
}

function metricOf(selector: SyntaxNode, expression: string): string {
  const { from, to } = selector.getChild('Identifier')!
  return expression.slice(from, to)
}

function matchersOf(selector: SyntaxNode, expression: string): string[] {
  const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
  return matchers.map((matcher) => {
    const { from, to } = matcher.getChild('LabelName')!
    return expression.slice(from, to)
  })
}

function wordsIn(text: string): string[] {
  return text.match(/\w+/g) ?? []
}
