import { EC2Client } from '@aws-sdk/client-ec2'
import type { Calls, SendOptions } from '../describer.ts'
import { pages } from '../services/listing.ts'

/** The EC2 of the account and region that `calls` are for. */
export function ec2Of(calls: Pick<Calls, 'client'>): EC2Client {
  return calls.client('ec2', (options) => new EC2Client(options))
}

interface Page {
  readonly NextToken?: string | undefined
}

/** All pages of one action of EC2, each asked for when the one before has been taken. */
export function ec2Pages<Answer extends Page>(
  calls: Calls,
  action: string,
  ask: (ec2: EC2Client, page: { readonly NextToken?: string }, options: SendOptions) => Promise<Answer>,
): AsyncGenerator<Answer> {
  return pages(
    (token) =>
      calls.send(`ec2:${action}`, (options) =>
        ask(ec2Of(calls), token === undefined ? {} : { NextToken: token }, options),
      ),
    ({ NextToken }) => NextToken,
  )
}
