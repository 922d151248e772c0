/** One line of what OpenSearch Dashboards exports and imports. */
export interface SavedObject {
  readonly id: string
  readonly type: 'index-pattern' | 'visualization' | 'search' | 'dashboard'
  readonly attributes: Readonly<Record<string, unknown>>
  readonly references: readonly Reference[]
  readonly migrationVersion: Readonly<Record<string, string>>
}

export interface Reference {
  readonly id: string
  readonly type: SavedObject['type']
  readonly name: string
}

/** The versions of the forms below: 2.x and 3.x read them as they are. */
const FORMS = { 'index-pattern': '7.6.0', visualization: '7.10.0', search: '7.9.3', dashboard: '7.9.3' } as const

export function savedObject(
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return { id, type, attributes, references, migrationVersion: { [type]: FORMS[type] } }
}

const SOURCE = 'kibanaSavedObjectMeta.searchSourceJSON'

/** The index pattern and the query (DQL) of a visualization or search: the attribute, and the reference that it needs. */
export function searchSource(
  pattern: string,
  query: string,
): { readonly kibanaSavedObjectMeta: object; readonly reference: Reference } {
  const source = { query: { query, language: 'kuery' }, filter: [], indexRefName: `${SOURCE}.index` }
  return {
    kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(source) },
    reference: { id: pattern, type: 'index-pattern', name: `${SOURCE}.index` },
  }
}

export interface Panel {
  readonly object: SavedObject
  /** Of 48 columns. */
  readonly width: number
  readonly height: number
}

export interface Board {
  readonly id: string
  readonly title: string
  readonly description: string
  /** What the time picker says at first; only panels whose index pattern has a time look at it. */
  readonly from: string
  readonly rows: readonly (readonly Panel[])[]
}

const VERSION = '2.19.0'

/** A dashboard whose panels stand in rows, from left to right. */
export function dashboard({ id, title, description, from, rows }: Board): SavedObject {
  const placed = place(rows)
  const panels = placed.map(({ x, y, width, height }, at) => ({
    version: VERSION,
    gridData: { x, y, w: width, h: height, i: String(at) },
    panelIndex: String(at),
    embeddableConfig: {},
    panelRefName: `panel_${at}`,
  }))
  const attributes = {
    title,
    description,
    hits: 0,
    panelsJSON: JSON.stringify(panels),
    optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
    version: 1,
    timeRestore: true,
    timeFrom: from,
    timeTo: 'now',
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({ query: { query: '', language: 'kuery' }, filter: [] }),
    },
  }
  const references = placed.map(({ object }, at) => ({ id: object.id, type: object.type, name: `panel_${at}` }))
  return savedObject('dashboard', id, attributes, references)
}

function place(rows: Board['rows']): (Panel & { readonly x: number; readonly y: number })[] {
  let y = 0
  return rows.flatMap((row) => {
    let x = 0
    const placed = row.map((panel) => {
      const at = { ...panel, x, y }
      x += panel.width
      return at
    })
    y += Math.max(...row.map(({ height }) => height))
    return placed
  })
}
