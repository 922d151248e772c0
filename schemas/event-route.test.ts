import { expect, test } from 'vitest'
import { accountPartition, eventRoute } from './event-route.ts'
import type { PostureEvent } from './generated/posture-event.ts'

const common = { id: 'e1', time: 0, tenant: 'acme', collector: 'nightly' }
const scan = { uid: 's1', time: 0 }
const source = { product: 'prowler', format: 'asff' }

const routed = (event: object) => eventRoute(event as PostureEvent)

test('all that concerns one account shares a partition, each kind under its own key', () => {
  const partitionBy = accountPartition('acme', '111122223333')
  const account = '111122223333'
  expect([
    routed({ ...common, type: 'finding.observed', key: 'v1:00', identity: { account } }),
    routed({ ...common, type: 'scan.started', scan, source, account }),
    routed({ ...common, type: 'scan.completed', scan, source, scope: { account } }),
    routed({ ...common, type: 'asset.observed', asset: { uid: 'a1', account } }),
    routed({ ...common, type: 'asset.deleted', asset: { uid: 'a1', account } }),
    routed({ ...common, type: 'verdict.recorded', key: 'v1:00', account }),
  ]).toEqual(['v1:00', 's1', 's1', 'a1', 'a1', 'v1:00'].map((key) => ({ topic: 'events', key, partitionBy })))
})

test('what concerns every account is on the global topic', () => {
  expect(routed({ ...common, type: 'verdict.recorded', scope: { control: 'c' } })).toEqual({
    topic: 'global',
    key: 'e1',
  })
  expect(
    routed({ ...common, type: 'intel.observed', intel: { kind: 'epss', uid: 'epss/2099-0', scores: {} } }),
  ).toEqual({
    topic: 'global',
    key: 'epss/2099-0',
  })
})

test('one account of two tenants is on two keys', () => {
  expect(accountPartition('a', '1')).not.toBe(accountPartition('b', '1'))
})

test('a statement about a finding that does not say whose it is cannot be routed', () => {
  expect(() => routed({ ...common, type: 'verdict.recorded', key: 'v1:00' })).toThrow('does not name the account')
})
