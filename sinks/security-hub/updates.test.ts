import { describe, expect, test } from 'vitest'
import { sampleFinding } from '../sample-findings.ts'
import { CONTROL_PRODUCT, controlFinding, fromHub, newHub, openHub, ours, pump, send } from './sample-hub.ts'

const IDS = Array.from({ length: 45 }, (_, index) => `arn:aws:securityhub:eu-west-1:111122223333:finding/${index}`)
const [ID] = IDS as [string]

describe('a finding that came from Security Hub', () => {
  test('gets its priority, score, reasons and a note, and is never imported', async () => {
    const server = await newHub()
    server.seed([controlFinding(ID)])
    const sink = await openHub(server)
    expect(await send(sink, fromHub(ID, 3, { priority: 'P1' }))).toEqual(['delivered'])
    const [finding] = server.findings()
    expect(ours(finding!)).toEqual({
      revision: '3',
      workflow: 'none',
      priority: 'P1',
      score: '71',
      state: 'open',
      reasons: 'The bucket is public.',
    })
    expect(finding!.Note).toMatchObject({
      Text: 'posture-stream: P1. The bucket is public.',
      UpdatedBy: 'posture-stream',
    })
    expect(finding!.Severity).toMatchObject({ Label: 'HIGH' })
    expect(server.calls('BatchImportFindings')).toEqual([])
  })

  test('is written once, and not again when nothing has changed', async () => {
    const server = await newHub()
    server.seed([controlFinding(ID)])
    const sink = await openHub(server)
    for (let round = 0; round < 3; round += 1) await send(sink, fromHub(ID, 1))
    expect(server.calls('BatchUpdateFindings')).toHaveLength(1)
    await send(sink, fromHub(ID, 4, { priority: 'P1' }))
    await send(sink, fromHub(ID, 2, { priority: 'P3' }))
    expect(ours(server.findings()[0]!)).toMatchObject({ revision: '4', priority: 'P1' })
  })

  test("keeps an analyst's note and fields", async () => {
    const server = await newHub()
    server.seed([controlFinding(ID)])
    server.asAnalyst(ID, { Note: { Text: 'Mine.', UpdatedBy: 'alice' }, UserDefinedFields: { ticket: 'SEC-1' } })
    const sink = await openHub(server)
    await send(sink, fromHub(ID, 1))
    const [finding] = server.findings()
    expect(finding!.Note).toMatchObject({ Text: 'Mine.', UpdatedBy: 'alice' })
    expect(finding!.UserDefinedFields).toMatchObject({ ticket: 'SEC-1', 'posture-stream-priority': 'P2' })
  })

  test('has all its records updated where it reports a control once per standard', async () => {
    const server = await newHub()
    server.seed(IDS.slice(0, 3).map((id) => controlFinding(id)))
    const sink = await openHub(server)
    expect(await send(sink, fromHub('a', 1, { ids: IDS.slice(0, 3) }))).toEqual(['delivered'])
    expect(server.findings().map((finding) => ours(finding)['priority'])).toEqual(['P2', 'P2', 'P2'])
    // What is to be the same in all of them is one call.
    expect(server.calls('BatchUpdateFindings')).toHaveLength(1)
  })

  test('is read with 19 others, and what is to be the same is written in one call', async () => {
    const server = await newHub()
    server.seed(IDS.map((id) => controlFinding(id)))
    const sink = await openHub(server)
    expect(new Set(await send(sink, ...IDS.map((id) => fromHub(id))))).toEqual(new Set(['delivered']))
    expect(server.calls('GetFindings')).toHaveLength(3)
    expect(server.calls('BatchUpdateFindings')).toHaveLength(1)
    expect(server.calls('BatchImportFindings')).toEqual([])
  })

  test('that is not there any more needs nothing when it is closed, and is told of when it is open', async () => {
    const server = await newHub()
    server.seed([controlFinding(IDS[1]!)])
    const sink = await openHub(server)
    const findings = [fromHub(ID), fromHub(IDS[1]!), fromHub(IDS[2]!, 2, { state: 'resolved', closedBy: 'absence' })]
    expect(await send(sink, ...findings)).toEqual(['SECURITY_HUB_FINDING_NOT_FOUND', 'delivered', 'delivered'])
    expect(await pump(sink, findings)).toEqual(['SECURITY_HUB_FINDING_NOT_FOUND'])
  })

  test('is not imported beside itself when nobody knows where it stands', async () => {
    const server = await newHub()
    const sink = await openHub(server)
    expect(await send(sink, fromHub('a', 1, { ids: [] }))).toEqual(['SECURITY_HUB_FINDING_WITHOUT_ADDRESS'])
    expect(server.findings()).toEqual([])
  })

  test('fails for itself in a batch', async () => {
    const server = await newHub()
    server.seed(IDS.map((id) => controlFinding(id)))
    const sink = await openHub(server)
    server.failFindings([IDS[3]!], 1, 'ConcurrentUpdateError')
    server.failFindings([IDS[4]!], 99, 'FindingSizeExceeded')
    const outcomes = await send(sink, ...IDS.map((id) => fromHub(id)))
    expect([outcomes[3], outcomes[4]]).toEqual([
      'SECURITY_HUB_CONCURRENT_UPDATE_ERROR',
      'SECURITY_HUB_FINDING_SIZE_EXCEEDED',
    ])
    expect(outcomes.filter((each) => each === 'delivered')).toHaveLength(43)
    expect(await pump(sink, [fromHub(IDS[3]!)])).toEqual([])
  })

  test('goes with findings of others in one batch', async () => {
    const server = await newHub()
    server.seed([controlFinding(ID)])
    const sink = await openHub(server)
    expect(await send(sink, fromHub(ID), sampleFinding('a'))).toEqual(['delivered', 'delivered'])
    expect(server.findings().map(({ ProductArn }) => ProductArn === CONTROL_PRODUCT)).toEqual([true, false])
  })
})

describe('the workflow of a finding that came from Security Hub', () => {
  const muted = (revision: number) => fromHub(ID, revision, { state: 'muted', decision: 'mute' })
  const resolved = (revision: number) => fromHub(ID, revision, { state: 'resolved', closedBy: 'absence' })

  const start = async (analyst?: string) => {
    const server = await newHub()
    server.seed([controlFinding(ID)])
    const decide = (Status: string) => server.asAnalyst(ID, { Workflow: { Status } })
    if (analyst !== undefined) decide(analyst)
    const sink = await openHub(server)
    const status = () => server.findings()[0]!.Workflow!.Status
    return { sink, status, decide, mark: () => ours(server.findings()[0]!)['workflow'] }
  }

  test('follows a mute, and its end', async () => {
    const { sink, status, mark } = await start()
    await send(sink, muted(1))
    expect([status(), mark()]).toEqual(['SUPPRESSED', 'SUPPRESSED'])
    await send(sink, fromHub(ID, 2))
    expect([status(), mark()]).toEqual(['NEW', 'none'])
  })

  test('follows a resolution, and a relapse', async () => {
    const { sink, status } = await start('NOTIFIED')
    await send(sink, resolved(1))
    expect(status()).toBe('RESOLVED')
    await send(sink, fromHub(ID, 2))
    expect(status()).toBe('NEW')
  })

  test("of an analyst's making stays: a suppression is never new again, nor resolved", async () => {
    const { sink, status, mark } = await start('SUPPRESSED')
    for (const finding of [fromHub(ID, 1), resolved(2), muted(3), fromHub(ID, 4)]) {
      await send(sink, finding)
      expect([status(), mark()]).toEqual(['SUPPRESSED', 'none'])
    }
  })

  test('that an analyst has changed after us is the analyst’s from then on', async () => {
    const { sink, status, decide } = await start()
    await send(sink, muted(1))
    decide('RESOLVED')
    await send(sink, fromHub(ID, 2))
    expect(status()).toBe('RESOLVED')
  })

  test('that an analyst opens again is not suppressed a second time', async () => {
    const { sink, status, decide } = await start()
    await send(sink, muted(1))
    decide('NEW')
    for (const revision of [2, 3]) await send(sink, muted(revision))
    expect(status()).toBe('NEW')
    await send(sink, resolved(4))
    expect(status()).toBe('RESOLVED')
  })

  test('that we set stays while the source has muted the finding too', async () => {
    const { sink, status } = await start()
    await send(sink, muted(1))
    await send(sink, fromHub(ID, 2, { state: 'muted' }))
    expect(status()).toBe('SUPPRESSED')
    await send(sink, fromHub(ID, 3))
    expect(status()).toBe('NEW')
  })

  test('is left alone where the source has muted or resolved it by itself', async () => {
    const { sink, status } = await start()
    await send(sink, fromHub(ID, 1, { state: 'muted' }))
    expect(status()).toBe('NEW')
    await send(sink, fromHub(ID, 2, { state: 'resolved', closedBy: 'verdict' }))
    expect(status()).toBe('NEW')
  })

  test('that we suppressed is resolved when the source calls it passed', async () => {
    const { sink, status } = await start()
    await send(sink, muted(1))
    await send(sink, fromHub(ID, 2, { state: 'resolved', closedBy: 'verdict' }))
    expect(status()).toBe('RESOLVED')
  })

  test('is left alone where the finding was read as OCSF, in which nobody could know it again', async () => {
    const { sink, status } = await start()
    const finding = muted(1)
    const metadata = { ...(finding.event['metadata'] as object), log_name: 'security-hub-ocsf' }
    await send(sink, { ...finding, event: { ...finding.event, metadata } })
    expect(status()).toBe('NEW')
  })

  test('is left alone where there is no room to note that it is ours', async () => {
    const server = await newHub()
    const UserDefinedFields = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`field-${index}`, 'x']))
    server.seed([controlFinding(ID, { UserDefinedFields })])
    const sink = await openHub(server)
    expect(await send(sink, muted(1))).toEqual(['delivered'])
    const [finding] = server.findings()
    expect(finding!.Workflow!.Status).toBe('NEW')
    expect(finding!.UserDefinedFields).toEqual({ ...UserDefinedFields, 'posture-stream-revision': '1' })
  })

  test('is never touched where that is not wanted', async () => {
    const server = await newHub()
    server.seed([controlFinding(ID)])
    const sink = await openHub(server, { workflow: false, note: 'never' })
    await send(sink, muted(1))
    const [finding] = server.findings()
    expect(finding).toMatchObject({
      Workflow: { Status: 'NEW' },
      UserDefinedFields: { 'posture-stream-state': 'muted' },
    })
    expect(finding!.Note).toBeUndefined()
  })
})
