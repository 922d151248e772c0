import { expect, test } from 'vitest'
import { unknownNames } from '../prometheus/sample-names.ts'
import { buildDashboard, rows } from './dashboard.ts'

test('every metric and label that the dashboard asks for exists', () => {
  for (const { title, expression } of expressions()) {
    const plain = expression.replaceAll('$__rate_interval', '1m')
    expect(unknownNames(plain), title).toEqual([])
  }
})

test('every panel asks the data source and for the pipeline that are chosen at the top', () => {
  const { templating, panels = [] } = buildDashboard()
  expect(templating?.list?.map(({ name, type }) => `${type} ${name}`)).toEqual(['datasource datasource', 'query job'])
  for (const panel of panels)
    if (panel.type !== 'row') expect(panel).toMatchObject({ datasource: { type: 'prometheus', uid: '${datasource}' } })
  for (const { title, expression } of expressions())
    if (!expression.startsWith('ALERTS')) expect(expression, title).toContain('job=~"$job"')
})

test('panels have ids of their own and lie beside one another, each row full', () => {
  const { panels = [] } = buildDashboard()
  const ids = panels.map(({ id }) => id)
  expect(new Set(ids).size).toBe(rows.length + rows.flatMap((row) => row.panels).length)
  const cells = new Set<string>()
  for (const { title, gridPos } of panels) {
    const { x, y, w, h } = gridPos!
    expect(x + w, title).toBeLessThanOrEqual(24)
    for (let row = y; row < y + h; row++)
      for (let column = x; column < x + w; column++) {
        expect(cells.has(`${row} ${column}`), title).toBe(false)
        cells.add(`${row} ${column}`)
      }
  }
  const height = Math.max(...panels.map(({ gridPos }) => gridPos!.y + gridPos!.h))
  expect(cells.size).toBe(height * 24)
})

test('the dashboard looks the same however often it is built', () => {
  expect(JSON.stringify(buildDashboard())).toBe(JSON.stringify(buildDashboard()))
})

function expressions(): { readonly title: string; readonly expression: string }[] {
  return rows.flatMap(({ panels }) =>
    panels.flatMap(({ title, queries }) => queries.map(({ expression }) => ({ title, expression }))),
  )
}
