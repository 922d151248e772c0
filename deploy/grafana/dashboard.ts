import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { flow, lag, latency, processes } from './flow-rows.ts'
import { deadLetters, isItWell, sources } from './health-rows.ts'
import { buildPanel, DATASOURCE, type RowPlan } from './panel.ts'

/** From the question that comes first to those that follow. */
export const rows: readonly RowPlan[] = [isItWell, flow, lag, latency, sources, deadLetters, processes]

/** The dashboard as Grafana imports it; its data source and the pipeline (the job of Prometheus) are chosen at its top. */
export function buildDashboard() {
  // oxlint-disable-next-line typescript/no-deprecated -- its successor writes what only the newest Grafana reads
  const built = new DashboardBuilder('posture-stream')
    .uid('posture-stream')
    .description('Whether posture-stream is well, what flows through it, and who is behind. Generated.')
    .tags(['posture-stream'])
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Pipeline')
        .datasource(DATASOURCE)
        .query('label_values(posture_build_info, job)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor('red')
        .expr('ALERTS{alertname=~"Posture.*", alertstate="firing"}')
        .titleFormat('{{alertname}}')
        .textFormat('{{component}}{{collector}}{{group}}{{instance}}'),
    )
  let id = 0
  for (const { title, panels } of rows) {
    built.withRow(new RowBuilder(title).id((id += 1)))
    for (const panel of panels) built.withPanel(buildPanel(panel, (id += 1)))
  }
  return built.build()
}

/** The file that Grafana imports. */
export function dashboardFile(): string {
  return `${JSON.stringify(buildDashboard(), undefined, 2)}\n`
}
