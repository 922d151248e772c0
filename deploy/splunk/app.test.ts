import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CLASSES } from '../../enrichment/ocsf/captions.ts'
import { APP, appFiles, confOf, macrosOfApp, textOf } from './app-files.ts'
import { KNOWN_SETTINGS, KNOWN_STANZAS, SPLUNK_FIELDS } from './known-settings.ts'
import { fieldNames, maxEventBytes, sampleEnvelopes, source } from './sample-events.ts'
import { followFields } from './search-fields.ts'
import { expanded, fieldsInExpression, macrosIn, stanzaOf, stepsOf } from './spl.ts'

const confFiles = appFiles.filter((file) => /\.(conf|meta)$/.test(file))
const macros = macrosOfApp()
const envelopes = sampleEnvelopes()
const sent = new Set(envelopes.map(({ sourcetype }) => sourcetype))
const indexed = new Set(envelopes.flatMap(({ fields }) => Object.keys(fields)))
const inEvents = new Set(envelopes.flatMap(({ event }) => fieldNames(event)))
const ofSource = confOf('default/props.conf').get(`source::${source}`)!

/** Fields that props.conf computes for our source, with what they are computed from. */
const computed = [...ofSource].flatMap(([setting, value]) => {
  const [, name] = /^EVAL-(\w+)$/.exec(setting) ?? []
  if (name !== undefined) return [{ name, from: fieldsInExpression(value) }]
  const [, from, alias] = /^(\S+) AS (\w+)$/.exec(setting.startsWith('FIELDALIAS-') ? value : '') ?? []
  return from !== undefined && alias !== undefined ? [{ name: alias, from: [from] }] : []
})
const known = new Set([...SPLUNK_FIELDS, ...indexed, ...inEvents, ...computed.map(({ name }) => name)])

describe('the files', () => {
  test('are what an app has, and nothing else', () => {
    const allowed =
      /^(README\.md|default\/(app|eventtypes|fields|macros|props|savedsearches|tags)\.conf|default\/data\/ui\/(nav\/default|views\/\w+)\.xml|metadata\/default\.meta)$/
    expect(appFiles.filter((file) => !allowed.test(file))).toEqual([])
    expect(appFiles).toEqual(expect.arrayContaining(['README.md', 'default/app.conf', 'metadata/default.meta']))
  })

  test.each(confFiles)('%s has only settings that Splunk knows', (file) => {
    const settings = [...confOf(file).values()].flatMap((stanza) => [...stanza.keys()])
    expect(settings.length).toBeGreaterThan(0)
    expect(settings.filter((name) => !KNOWN_SETTINGS[file]!.test(name))).toEqual([])
    const stanzas = [...confOf(file).keys()]
    expect(stanzas.filter((name) => KNOWN_STANZAS[file]?.test(name) === false)).toEqual([])
  })

  test('give the app its folder as its id, and the version of this project', () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string
    }
    const app = confOf('default/app.conf')
    expect(app.get('package')?.get('id')).toBe(APP)
    expect(app.get('id')).toEqual(
      new Map([
        ['name', APP],
        ['version', version],
      ]),
    )
    expect(app.get('launcher')?.get('version')).toBe(version)
  })
})

describe('sourcetypes', () => {
  test('are those that the sink sends, one for each OCSF class', () => {
    expect(sent.size).toBe(Object.keys(CLASSES).length)
    const stanzas = [...confOf('default/props.conf').keys()].filter((name) => !name.startsWith('source::'))
    expect(new Set(stanzas)).toEqual(sent)
  })

  test('are all looked for by posture_findings, from our source only', () => {
    const { definition } = macros.get('posture_findings')!
    const sourcetypes = [...definition.matchAll(/sourcetype="([^"]+)"/g)].map(([, name]) => name!)
    expect(new Set(sourcetypes)).toEqual(sent)
    expect(definition).toContain(`source="${source}"`)
    expect(definition).toMatch(/^`posture_index` /)
  })

  test('take the largest event that the sink sends whole', () => {
    for (const [name, stanza] of confOf('default/props.conf'))
      if (!name.startsWith('source::')) expect(Number(stanza.get('TRUNCATE'))).toBeGreaterThanOrEqual(maxEventBytes)
  })

  test('have no fields of ours, so that events of other products keep theirs', () => {
    for (const [name, stanza] of confOf('default/props.conf'))
      if (!name.startsWith('source::')) expect([...stanza.keys()].filter((key) => key.includes('-'))).toEqual([])
  })
})

describe('fields', () => {
  test('are computed from what our events have', () => {
    expect(computed.length).toBeGreaterThan(15)
    const missing = computed.flatMap(({ name, from }) =>
      from.filter((path) => !inEvents.has(path) && !indexed.has(path)).map((path) => `${name}: ${path}`),
    )
    expect(missing).toEqual([])
  })

  test('that are declared as indexed are sent so, and are nobody else’s', () => {
    const declared = [...confOf('default/fields.conf').keys()]
    expect(declared.filter((name) => !indexed.has(name))).toEqual([])
    expect(declared.every((name) => name.startsWith('finding_'))).toBe(true)
  })

  test('that an event has beside the indexed one of the same name are told apart', () => {
    const twice = [...indexed].filter((name) => inEvents.has(name))
    expect(twice.filter((name) => !computed.some((each) => each.name === name))).toEqual([])
  })

  test('of the Vulnerabilities and Alerts data models are there', () => {
    const names = [...known]
    expect(names).toEqual(
      expect.arrayContaining(['category', 'cve', 'dest', 'severity', 'signature', 'url', 'vendor_product']),
    )
    expect(names).toEqual(
      expect.arrayContaining(['app', 'description', 'id', 'mitre_technique_id', 'signature_id', 'subject', 'type']),
    )
    expect(names).toEqual(expect.arrayContaining(['vendor_account', 'vendor_region']))
  })
})

describe('event types', () => {
  test.each([...confOf('default/eventtypes.conf')])('%s names fields that are there, and no index', (_name, stanza) => {
    const [step, ...more] = stepsOf(stanza.get('search')!)
    expect(more).toEqual([])
    expect(step!.reads.filter((field) => !known.has(field))).toEqual([])
    expect(step!.reads).not.toContain('index')
    expect(stanza.get('search')).toContain(`source="${source}"`)
  })

  test('have the tags of the data models', () => {
    const eventTypes = confOf('default/eventtypes.conf')
    const tags = [...confOf('default/tags.conf')].map(([stanza, set]) => [stanza, [...set.keys()]])
    expect(Object.fromEntries(tags)).toEqual({
      'eventtype=posture_alert': ['alert'],
      'eventtype=posture_vulnerability': ['report', 'vulnerability'],
    })
    for (const [stanza] of tags) expect(eventTypes.has(String(stanza).replace('eventtype=', ''))).toBe(true)
  })

  test('call an alert what the event itself calls one', () => {
    const wanted = envelopes.filter(({ event }) => event['priority_id'] !== undefined)
    expect(wanted.length).toBeGreaterThan(0)
    const search = confOf('default/eventtypes.conf').get('posture_alert')?.get('search')
    expect(search).toMatch(/ state="open" \(priority="P1" OR priority="P2"\)$/)
    for (const { event, fields } of wanted)
      expect(fields['state'] === 'open' && /^P[12]$/.test(fields['priority']!)).toBe(event['is_alert'])
  })
})

describe('macros', () => {
  test.each([...macros])('%s uses macros that are defined, and fields that are there', (_name, { definition }) => {
    for (const use of macrosIn(definition)) expect(macros.has(stanzaOf(use)), stanzaOf(use)).toBe(true)
    if (definition.startsWith('case(')) {
      expect(fieldsInExpression(definition).filter((field) => !known.has(field))).toEqual([])
      return
    }
    const isSearch = /^[`\w]+=|^`/.test(definition)
    const { unknown } = followFields(stepsOf(`${isSearch ? '' : '| '}${expanded(definition, macros)}`), known)
    expect(unknown).toEqual([])
  })

  test('have one place that names the index', () => {
    const naming = [...appFiles].filter((file) => /\bindex\s*=/.test(textOf(file).replaceAll(/^#.*$/gm, '')))
    expect(naming.filter((file) => file !== 'README.md')).toEqual(['default/macros.conf'])
    expect([...macros].filter(([, { definition }]) => /\bindex=/.test(definition)).map(([name]) => name)).toEqual([
      'posture_index',
    ])
  })

  test('take the newest state by the revision and never by the time', () => {
    const [sort, dedup, ...more] = stepsOf(`| ${macros.get('posture_newest')!.definition}`)
    expect([sort?.command, sort?.reads, dedup?.command, dedup?.reads, more]).toEqual([
      'sort',
      ['revision'],
      'dedup',
      ['finding_key'],
      [],
    ])
    expect(macros.get('posture_newest')!.definition).toContain('-num(revision)')
  })
})

describe('saved searches', () => {
  const searches = [...confOf('default/savedsearches.conf')]

  test('are three', () => expect(searches).toHaveLength(3))

  test.each(searches)('%s names macros and fields that are there', (_name, stanza) => {
    const { unknown } = followFields(stepsOf(expanded(stanza.get('search')!, macros)), known)
    expect(unknown).toEqual([])
  })

  test.each(searches)('%s filters by state or priority only behind the newest state or the steps', (_name, stanza) => {
    const before = stanza.get('search')!.split(/`posture_(?:newest|steps)`/)[0]!
    expect(before).not.toMatch(/\b(state|priority)\s*(=|IN)/)
  })

  test.each(searches)(
    '%s is off, has a plan for when it is on, and looks back further than a month',
    (_name, stanza) => {
      expect(stanza.get('enableSched')).toBe('0')
      expect(stanza.get('cron_schedule')).toMatch(/^\d+ \d+ \S+ \S+ \S+$/)
      const [, days] = /^-(\d+)d@d$/.exec(stanza.get('dispatch.earliest_time') ?? '') ?? []
      expect(Number(days)).toBeGreaterThan(30)
    },
  )
})
