import { DOMParser, onWarningStopParsing, type Document, type Element } from '@xmldom/xmldom'
import { describe, expect, test } from 'vitest'
import { appFiles, confOf, macrosOfApp, textOf } from './app-files.ts'
import { SPLUNK_FIELDS, SPLUNK_VIEWS } from './known-settings.ts'
import { fieldNames, sampleEnvelopes } from './sample-events.ts'
import { followFields } from './search-fields.ts'
import { expanded, stepsOf } from './spl.ts'

const VIEWS = 'default/data/ui/views/'
const views = appFiles.filter((file) => file.startsWith(VIEWS))
const macros = macrosOfApp()
const computed = [...confOf('default/props.conf').values()]
  .flatMap((stanza) => [...stanza])
  .flatMap(([setting, value]) => /^EVAL-(\w+)$/.exec(setting)?.[1] ?? / AS (\w+)$/.exec(value)?.[1] ?? [])
const known = new Set([
  ...SPLUNK_FIELDS,
  ...computed,
  ...sampleEnvelopes().flatMap(({ event, fields }) => [...fieldNames(event), ...Object.keys(fields)]),
])

/** Throws for whatever is not well-formed. */
function parse(file: string): Document {
  return new DOMParser({ onError: onWarningStopParsing }).parseFromString(textOf(file), 'text/xml')
}

function all(within: Document | Element, name: string): Element[] {
  return [...within.getElementsByTagName(name)]
}

function textIn(element: Element, name: string): string {
  return all(element, name)[0]?.textContent ?? ''
}

test('the navigation names views that are there, and one of them is where the app opens', () => {
  const named = all(parse('default/data/ui/nav/default.xml'), 'view')
  const missing = named
    .map((view) => view.getAttribute('name')!)
    .filter((name) => !SPLUNK_VIEWS.includes(name) && !views.includes(`${VIEWS}${name}.xml`))
  expect(missing).toEqual([])
  expect(named.filter((view) => view.getAttribute('default') === 'true')).toHaveLength(1)
  for (const file of views)
    expect(
      named.some((view) => `${VIEWS}${view.getAttribute('name')}.xml` === file),
      file,
    ).toBe(true)
})

describe.each(views)('%s', (file) => {
  const view = parse(file)
  const searches = all(view, 'search').map((search) => ({
    id: search.getAttribute('id'),
    base: search.getAttribute('base'),
    query: textIn(search, 'query'),
    ranged: all(search, 'earliest').length === 1 && all(search, 'latest').length === 1,
  }))

  test('is a form of the version that Splunk 9 and 10 take', () => {
    expect(view.documentElement?.tagName).toBe('form')
    expect(view.documentElement?.getAttribute('version')).toBe('1.1')
  })

  test('uses tokens that its inputs, its rows or Splunk set', () => {
    const inputs = all(view, 'input').map((input) => input.getAttribute('token')!)
    const used = [...textOf(file).matchAll(/\$([\w.]+)(?:\|\w+)*\$/g)].map(([, token]) => token!)
    expect(used.length).toBeGreaterThan(0)
    expect(used.filter((token) => !inputs.includes(token.split('.')[0]!) && !token.startsWith('row.'))).toEqual([])
  })

  test('has searches of their own with a period, and searches on a base that is there and sums up', () => {
    expect(searches.length).toBeGreaterThan(5)
    for (const { base, ranged } of searches) {
      expect(ranged, base ?? 'a search of its own').toBe(base === null)
      if (base === null) continue
      const query = searches.find(({ id }) => id === base)?.query ?? ''
      expect(stepsOf(expanded(query, macros)).at(-1)?.command).toBe('stats')
    }
  })

  test.each(searches)('$query names macros and fields that are there', ({ base, query }) => {
    const on = base === null ? undefined : searches.find(({ id }) => id === base)?.query
    const given = on === undefined ? known : followFields(stepsOf(expanded(on, macros)), known).fields
    const text = expanded(query, macros)
    const { unknown } = followFields(stepsOf(base === null ? text : `| ${text}`), given)
    expect(unknown).toEqual([])
  })

  test('opens searches from its tables with fields that their rows have', () => {
    const panels = [...all(view, 'table'), ...all(view, 'chart')]
    const opened = panels.flatMap((panel) =>
      all(panel, 'link').map((link) => ({ panel, link: link.textContent ?? '' })),
    )
    expect(opened.length).toBeGreaterThan(0)
    for (const { panel, link } of opened) {
      const columns = / table ([^|]*)$/.exec(textIn(panel, 'query').replaceAll('\n', ' '))?.[1]?.split(/\s+/) ?? []
      const rows = [...link.matchAll(/\$row\.(\w+)/g)].map(([, column]) => column!)
      expect(rows.filter((column) => !columns.includes(column))).toEqual([])
      const search = new URLSearchParams(link.slice(link.indexOf('?')).replaceAll(/\$row[^$]*\$/g, 'x')).get('q')!
      expect(followFields(stepsOf(expanded(search, macros)), known).unknown).toEqual([])
    }
  })
})
