import { describe, expect, test } from 'vitest'
import { accountDocument, organizationAccounts, parentsOf } from './organization.ts'
import { SampleCalls, describedBy, thrown, valid } from './sample-calls.ts'

const ARN = 'arn:aws:organizations::111122223333:account/o-1'
const PARENTS: Readonly<Record<string, object>> = {
  '111122223333': { Id: 'r-1', Type: 'ROOT' },
  '444455556666': { Id: 'ou-2', Type: 'ORGANIZATIONAL_UNIT' },
  '777788889999': { Id: 'ou-2', Type: 'ORGANIZATIONAL_UNIT' },
  'ou-2': { Id: 'ou-1', Type: 'ORGANIZATIONAL_UNIT' },
  'ou-1': { Id: 'r-1', Type: 'ROOT' },
}
const answers = {
  DescribeOrganizationCommand: () => ({ Organization: { Id: 'o-1', MasterAccountId: '111122223333' } }),
  ListAccountsCommand: ({ NextToken }: Record<string, unknown>) =>
    NextToken === undefined
      ? {
          Accounts: [{ Id: '111122223333', Arn: `${ARN}/111122223333`, Name: 'main', Status: 'ACTIVE' }],
          NextToken: 't',
        }
      : {
          Accounts: [
            { Id: '444455556666', Arn: `${ARN}/444455556666`, Name: 'web', State: 'ACTIVE' },
            { Id: '777788889999', Arn: `${ARN}/777788889999`, Name: 'old', State: 'CLOSED', Status: 'SUSPENDED' },
          ],
        },
  ListParentsCommand: ({ ChildId }: Record<string, unknown>) => ({ Parents: [PARENTS[String(ChildId)]] }),
  ListTagsForResourceCommand: () => ({ Tags: [{ Key: 'team', Value: 'web' }] }),
}

describe('an organisation', () => {
  test('has accounts, each with its way to the root; a unit is asked about once', async () => {
    const calls = new SampleCalls(answers)
    const known = { type: 'AWS::Organizations::Account', organization: 'o-1', tags: [{ name: 'team', value: 'web' }] }
    const below = { management: false, parents: ['ou-2', 'ou-1', 'r-1'] }
    expect(await describedBy(organizationAccounts, calls)).toEqual([
      {
        uid: `${ARN}/111122223333`,
        document: { ...known, name: 'main', status: 'ACTIVE', management: true, parents: ['r-1'] },
      },
      { uid: `${ARN}/444455556666`, document: { ...known, ...below, name: 'web', status: 'ACTIVE' } },
      { uid: `${ARN}/777788889999`, document: { ...known, ...below, name: 'old', status: 'CLOSED' } },
    ])
    expect(calls.actions.filter((action) => action === 'organizations:ListParents')).toHaveLength(5)
  })

  test('that may not be asked is refused as a whole, or property by property', async () => {
    const type = 'AWS::Organizations::Account'
    const denied = () => thrown('AccessDenied')
    for (const command of ['DescribeOrganizationCommand', 'ListAccountsCommand'])
      expect(await describedBy(organizationAccounts, new SampleCalls({ ...answers, [command]: denied }))).toEqual([
        { refused: [type], reason: expect.stringMatching(/AccessDenied/) },
      ])
    const [first] = await describedBy(organizationAccounts, new SampleCalls({ ...answers, ListParentsCommand: denied }))
    expect(first).toMatchObject({ document: { refused: { parents: expect.stringMatching(/ListParents/) } } })
  })

  test('that an account is not in has no accounts: that is a fact', async () => {
    const calls = new SampleCalls({ DescribeOrganizationCommand: () => thrown('AWSOrganizationsNotInUseException') })
    expect(await describedBy(organizationAccounts, calls)).toEqual([])
  })
})

test.each([
  ['ends early', async () => ({ value: [] })],
  ['turns in a circle', async () => ({ value: [{ Id: 'ou-1' }] })],
])('a way to the root that %s is not known', async (_, parentOf) => {
  expect(await parentsOf('1', parentOf)).toHaveProperty('absent')
})

test('an answer without anything in it is a document without facts', () => {
  const document = accountDocument({}, undefined, { absent: 'x' }, { absent: 'x' })
  expect(valid({ uid: 'x', document }).document).toEqual({ type: 'AWS::Organizations::Account' })
})
