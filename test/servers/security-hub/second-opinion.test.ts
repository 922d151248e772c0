import {
  BatchImportFindingsCommand,
  DescribeHubCommand,
  EnableSecurityHubCommand,
  GetFindingsCommand,
  SecurityHubClient,
  type AwsSecurityFinding,
} from '@aws-sdk/client-securityhub'
import { expect, onTestFinished, test } from 'vitest'
import { sharedMoto } from '../moto/shared-moto.ts'
import { clientOf, sampleFinding } from './sample-finding.ts'
import { SecurityHubServer } from './security-hub-server.ts'

/** Nobody else's in the moto that the run shares. */
const region = 'ca-west-1'
const findings = ['a', 'b', 'c'].map((Id) => sampleFinding({ Id }, { region }))

/** What a client sees of a Security Hub that was empty, in calls that both servers know. */
async function tour(client: SecurityHubClient) {
  const { HubArn } = await client.send(new DescribeHubCommand({}))
  const imported = await client.send(new BatchImportFindingsCommand({ Findings: findings }))
  const found: AwsSecurityFinding[] = []
  let pages = 0
  let token: string | undefined
  do {
    const NextToken = token === undefined ? {} : { NextToken: token }
    const page = await client.send(new GetFindingsCommand({ MaxResults: 2, ...NextToken }))
    found.push(...page.Findings!)
    token = page.NextToken
    pages += 1
  } while (token !== undefined && pages < 9)
  const none = await client
    .send(new BatchImportFindingsCommand({ Findings: [{ ...findings[0]!, Resources: [] }] }))
    .then(({ FailedFindings }) => FailedFindings!.map(({ Id, ErrorCode }) => ({ Id, ErrorCode })))
  const tooMany = await client.send(new GetFindingsCommand({ MaxResults: 101 })).catch((error: Error) => error.name)
  const { SuccessCount, FailedCount, FailedFindings } = imported
  return {
    hub: HubArn?.split(':').toSpliced(4, 1),
    imported: { SuccessCount, FailedCount, FailedFindings },
    found: found.map(({ Id, Title, Resources }) => ({ Id, Title, Resources })),
    pages,
    none,
    tooMany,
  }
}

test('moto answers the same calls in the same way', { timeout: 900_000 }, async (context) => {
  const endpoint = await sharedMoto(context)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const moto = new SecurityHubClient({ endpoint, region, credentials, maxAttempts: 1 })
  await moto.send(new EnableSecurityHubCommand({}))
  const server = await SecurityHubServer.start({ rateFactor: Infinity })
  onTestFinished(() => server.stop())
  const ours = await tour(clientOf(server, { region }))
  expect(ours).toEqual(await tour(moto))
  expect(ours).toMatchObject({
    pages: 2,
    none: [{ Id: 'a', ErrorCode: 'InvalidInput' }],
    tooMany: 'InvalidInputException',
  })
})
