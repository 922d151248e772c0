import { describe, expect, test } from 'vitest'
import { ACCOUNT, asff, ocsf, record, scratchReports } from './sample-reports.ts'

const { collect, write } = scratchReports()

describe('what may be concluded from a report of any product', () => {
  test('is nothing by absence, since it does not say what was looked at', async () => {
    write('a.json', [ocsf('a'), ocsf('b', { compliance: { status_id: 1 } })])
    const { completed, logged } = await collect()
    expect(completed).toMatchObject([{ outcome: 'partial', findings: 2 }])
    expect(completed[0]?.reason).toBe('its report does not say what was looked at, and no scope is declared for it')
    expect(logged.join()).not.toContain('not all of it is sound')
  })

  test('is what is absent in the scope that the operator declares', async () => {
    write('a.json', [ocsf('a')])
    const { completed } = await collect({ scope: { product: 'cloud-watcher', checks: 'all', regions: ['eu-west-1'] } })
    expect(completed).toMatchObject([{ outcome: 'complete', scope: { account: ACCOUNT, regions: ['eu-west-1'] } }])
    expect(completed[0]?.scope.checks).toBeUndefined()
    const other = await collect({ scope: { product: 'other', checks: 'all' } })
    expect(other.completed).toMatchObject([{ outcome: 'partial' }])
  })

  test('stays what it was for Prowler and ASFF', async () => {
    write('a.json', [record('a'), asff('b', { AwsAccountId: '444455556666' })])
    expect((await collect()).completed.map(({ outcome }) => outcome)).toEqual(['complete', 'complete'])
  })
})

describe('the setting format', () => {
  test.each([
    ['auto', ['a', 'b', 'c']],
    ['ocsf', ['a', 'b']],
    ['prowler-ocsf', ['b']],
    ['asff', ['c']],
  ] as const)('%s takes %j', async (format, controls) => {
    write('a.json', [ocsf('a'), record('b'), asff('c')])
    const collected = await collect({ format })
    expect(collected.controls).toEqual(controls)
    expect(collected.unreadable).toHaveLength(3 - controls.length)
  })

  test('ocsf reads Prowler as Prowler: the same keys as before', async () => {
    write('a.json', [record('b')])
    const keys = await Promise.all(
      (['ocsf', 'prowler-ocsf'] as const).map(async (format) => (await collect({ format })).findings[0]?.key),
    )
    expect(keys[0]).toBe(keys[1])
  })
})

describe('OCSF events that are no findings of a resource', () => {
  const reasonOf = async (changes: object): Promise<string> => {
    write('a.json', [ocsf('a'), ocsf('x', changes)])
    const { batches, controls } = await collect()
    expect(controls).toEqual(['a'])
    return batches.flatMap(({ unreadable = [] }) => unreadable.map(({ error }) => error.message)).join()
  }

  test('an incident is set aside, and why', async () => {
    expect(await reasonOf({ class_uid: 2005, finding_info: undefined, finding_info_list: [] })).toContain(
      'it is an OCSF incident (class 2005), which groups findings and is none',
    )
  })

  test('an event of any other class too', async () => {
    expect(await reasonOf({ class_uid: 3001 })).toContain('it is an OCSF event of class 3001, which is no finding')
  })

  test('a file of nothing else is set aside whole, once', async () => {
    write('a.json', [ocsf('x', { class_uid: 3001 }), ocsf('y', { class_uid: 3002 })])
    const { unreadable, logged } = await collect()
    expect(unreadable).toEqual([expect.stringContaining('/a.json#0 REPORT_UNKNOWN')])
    expect(logged.join()).toContain('expected findings in OCSF (classes 2001 to 2004 and 2006 to 2008)')
  })

  test('what we emitted ourselves says nothing', async () => {
    const own = { metadata: { log_provider: 'posture-stream', product: { uid: 'prowler', name: 'Prowler' } } }
    const info = { finding_info: { uid: '1', uid_alt: `v1:${'0'.repeat(32)}`, analytic: { uid: 'x' } } }
    write('a.ndjson', `${JSON.stringify(ocsf('x', { ...own, ...info }))}\n${JSON.stringify(ocsf('a'))}\n`)
    const { controls, unreadable, read } = await collect()
    expect([controls, unreadable, read]).toEqual([['a'], [], 2])
  })
})

test('a record without an account is of the one that the operator names', async () => {
  write('a.json', [ocsf('a', { cloud: undefined, resources: [{ uid: 'web-1' }] })])
  const { unreadable } = await collect()
  expect(unreadable).toEqual([expect.stringContaining('RECORD_INCOMPLETE')])
  const { findings } = await collect({ account: 'site-2' })
  expect(findings[0]?.identity).toMatchObject({ provider: 'other', account: 'site-2', product: 'cloud-watcher' })
})

describe('a key that stands twice in an object', () => {
  const text = JSON.stringify(record('a', { unmapped: { scan_id: 's', notes: 'x' } }))

  test('means its last value where that decides nothing, and that is flagged', async () => {
    write('a.json', `[${text.replace('"notes":"x"', '"notes":"x","notes":"y"')}]`)
    const { findings, repairs, completed } = await collect()
    expect(findings[0]).toMatchObject({ flags: ['duplicate_key_repaired'], unmapped: { notes: 'y' } })
    expect([repairs, completed[0]?.outcome]).toEqual([{ duplicate_key_repaired: 1 }, 'complete'])
  })

  test('with one value both times too', async () => {
    write('a.json', `[${text.replace('"severity_id":4', '"severity_id":4,"severity_id":4')}]`)
    expect((await collect()).findings[0]?.flags).toEqual(['duplicate_key_repaired'])
  })

  test.each([
    ['the verdict', '"status_code":"FAIL"', '"status_code":"FAIL","status_code":"PASS"'],
    ['the severity', '"severity_id":4', '"severity_id":4,"severity_id":1'],
    ['the resource', '"uid":"arn:aws:s3:::a"', '"uid":"arn:aws:s3:::a","uid":"arn:aws:s3:::b"'],
    ['the whole record', '"metadata":{', '"metadata":{},"metadata":{'],
  ])('that decides %s makes the record ambiguous: it is set aside', async (_name, once, twice) => {
    expect(text).toContain(once)
    write('a.json', `[${text.replace(once, twice)},${JSON.stringify(record('b'))}]`)
    const { controls, unreadable, completed } = await collect()
    expect([controls, completed[0]?.outcome]).toEqual([['b'], 'partial'])
    expect(unreadable).toEqual([expect.stringContaining('RECORD_AMBIGUOUS')])
  })

  test('in text is text, and escapes and braces in it are no keys', async () => {
    write('a.json', `[${JSON.stringify(record(String.raw`a":{"b":"\ `))}]`)
    expect((await collect()).findings[0]?.flags).toEqual([])
  })
})
