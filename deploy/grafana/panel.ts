import type * as cog from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as table from '@grafana/grafana-foundation-sdk/table'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

export interface Query {
  readonly expression: string
  /** How its series are named: a template of Grafana. Of a table, the columns are the labels. */
  readonly legend?: string
}

/** One picture of the dashboard: what it asks, and how that is shown. */
export interface PanelPlan {
  readonly title: string
  /** What to read from it, shown beside its title. */
  readonly description: string
  /** `lines` and `bars` over time, a `number` now, a `table` of now. */
  readonly as: 'lines' | 'bars' | 'number' | 'table'
  readonly queries: readonly Query[]
  /** Of Grafana's units; plain numbers unless told. */
  readonly unit?: string
  /** In columns, of which there are 24. */
  readonly width: number
  /** Of a `number`: from which value on it is red; otherwise it has no colour. */
  readonly badFrom?: number
  /** Of a `number`: below which value it is red. */
  readonly badBelow?: number
}

/** A row of the dashboard, under its title. */
export interface RowPlan {
  readonly title: string
  readonly panels: readonly PanelPlan[]
}

/** The data source that is chosen at the top of the dashboard. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const
const HEIGHTS = { lines: 8, bars: 8, table: 8, number: 4 } as const

export function buildPanel(plan: PanelPlan, id: number): cog.Builder<dashboard.Panel> {
  const { title, description, unit = 'short', width, as } = plan
  const bare = { lines: () => lines(false), bars: () => lines(true), number: () => number(plan), table: asTable }[as]()
  const panel = bare
    .id(id)
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .span(width)
    .height(HEIGHTS[as])
  for (const [index, query] of plan.queries.entries()) panel.withTarget(target(query, as, index))
  return panel
}

function target({ expression, legend }: Query, as: PanelPlan['as'], index: number): prometheus.DataqueryBuilder {
  const query = new prometheus.DataqueryBuilder().refId(String.fromCodePoint(65 + index)).expr(expression)
  if (legend !== undefined) query.legendFormat(legend)
  if (as === 'table') return query.instant().format(prometheus.PromQueryFormat.Table)
  return as === 'number' ? query.instant() : query.range()
}

function lines(stacked: boolean): timeseries.PanelBuilder {
  const legend = new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
  const panel = new timeseries.PanelBuilder()
    .min(0)
    .legend(legend)
    .fillOpacity(stacked ? 60 : 10)
  if (!stacked) return panel
  return panel
    .drawStyle(common.GraphDrawStyle.Bars)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
}

function number({ badFrom, badBelow }: PanelPlan): stat.PanelBuilder {
  const panel = new stat.PanelBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue('–')
  const steps = [
    { value: null, color: badBelow === undefined ? 'green' : 'red' },
    ...(badBelow === undefined ? [] : [{ value: badBelow, color: 'green' }]),
    ...(badFrom === undefined ? [] : [{ value: badFrom, color: 'red' }]),
  ]
  if (badFrom === undefined && badBelow === undefined) return panel.colorMode(common.BigValueColorMode.None)
  return panel
    .colorMode(common.BigValueColorMode.Background)
    .thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps))
}

/** Of an instant query: a row for each series, its labels as columns, without the time. */
function asTable(): table.PanelBuilder {
  const hidden = { Time: true, __name__: true, alertstate: true, job: true }
  return new table.PanelBuilder().withTransformation({ id: 'organize', options: { excludeByName: hidden } })
}
