import { describe, expect, test, vi } from 'vitest'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import type { PostureFinding } from '../../sinks/sink.ts'
import { completeScan, ec2, networkDocuments, observations, securityGroup, ssh } from '../sample-network.ts'
import { statement } from '../sample-statement.ts'
import { ScratchStages } from '../scratch-stages.ts'

const START = Date.now() - 3_600_000
const GROUP = ec2('security-group/sg-web')
const OFFICE = '203.0.113.0/24'

const network = networkDocuments({
  groups: { 'sg-web': [ssh(OFFICE)], 'sg-other': [ssh(OFFICE)] },
  instances: {
    'web-1': { subnet: 'public', group: 'sg-web' },
    'web-2': { subnet: 'public', group: 'sg-web' },
    'web-3': { subnet: 'public', group: 'sg-web' },
    'batch-1': { subnet: 'private', group: 'sg-web' },
    'other-1': { subnet: 'public', group: 'sg-other' },
    'other-2': { subnet: 'private', group: 'sg-other' },
  },
})
const resources = [...network.keys()].filter((uid) => /:(instance|security-group|vpc|subnet)\//.test(uid))
/** The group, what it lets in from the internet, and what it lets in from inside the network alone. */
const WEB = [ec2('instance/i-web-1'), ec2('instance/i-web-2'), ec2('instance/i-web-3'), GROUP]
const BATCH = ec2('instance/i-batch-1')
const all = (web: string, batch: string) => new Map([...WEB.map((uid) => [uid, web] as const), [BATCH, batch]])

const subjectOf = ({ event }: PostureFinding): string => (event['resources'] as readonly { uid: string }[])[0]!.uid
const exposureOf = ({ event }: PostureFinding): unknown =>
  (event['enrichments'] as readonly { type: string; data: { value: string } }[]).find(({ type }) => type === 'exposure')
    ?.data.value

describe('a change of what is around a resource', () => {
  test('emits again exactly the findings whose exposure it changes, at once', async (context) => {
    const stages = await ScratchStages.start('embedded', context)
    await stages.collect(resources.map((uid) => statement(uid, { at: START })))
    await stages.collect(completeScan(network, START), 'inventory')
    await stages.settled()
    const exposures = new Map(stages.delivered.map((finding) => [subjectOf(finding), exposureOf(finding)]))
    for (const [uid, value] of all('internet_restricted', 'none')) expect(exposures.get(uid)).toBe(value)

    const change = async (at: number, uid: string, document: AssetDocument, expected: number) => {
      stages.delivered.length = 0
      const began = performance.now()
      await stages.collect(observations(new Map([[uid, document]]), at), `inventory-${at}`)
      if (expected > 0)
        await vi.waitFor(() => expect(stages.delivered.length).toBe(expected), { interval: 5, timeout: 20_000 })
      const took = performance.now() - began
      await stages.settled()
      expect(stages.delivered.length).toBe(expected)
      return { took, exposures: new Map(stages.delivered.map((finding) => [subjectOf(finding), exposureOf(finding)])) }
    }

    const opened = await change(START + 1000, GROUP, securityGroup([ssh('0.0.0.0/0')]), WEB.length + 1)
    expect(opened.exposures).toEqual(all('internet_sensitive', 'internal'))

    const closed = await change(START + 2000, GROUP, securityGroup([ssh(OFFICE)]), WEB.length + 1)
    expect(closed.exposures).toEqual(all('internet_restricted', 'none'))

    const tags = [{ name: 'team', value: 'payments' }]
    const other = ec2('instance/i-other-1')
    await change(START + 3000, other, { ...network.get(other)!, tags }, 0)
    await change(START + 4000, GROUP, { ...securityGroup([ssh(OFFICE)]), tags }, 0)
    const ms = (took: number): string => `${Math.round(took)} ms`
    console.log(`from change to emission: opened ${ms(opened.took)}, closed ${ms(closed.took)}`)
  })
})
