import type { FunctionConfiguration, FunctionUrlConfig } from '@aws-sdk/client-lambda'
import { readTime } from '../../../core/time.ts'
import type { FunctionUrl, LambdaFunction } from '../../../schemas/generated/asset-document.ts'
import type { Attempted } from '../describer.ts'
import { uidOf, uidsOf } from '../ec2/uids.ts'
import { documentOf, factOf, oneOf, tagsOfRecord, textOf, type Fact, type Place } from './facts.ts'

type UrlAnswer = Partial<Pick<FunctionUrlConfig, 'AuthType' | 'CreationTime' | 'FunctionUrl'>>

/** The URL of an alias. */
export interface AliasUrl {
  readonly alias: string
  readonly url: string | undefined
}

/** What Lambda answered about a function. */
export interface FunctionAnswers {
  readonly url: Attempted<UrlAnswer>
  /** What was answered about the URLs of its aliases, of those that have one. */
  readonly urlsOfAliases: Attempted<readonly AliasUrl[]>
  readonly policy: Attempted<{ readonly Policy?: string | undefined }>
  readonly tags: Attempted<{ readonly Tags?: Record<string, string> | undefined }>
}

/** A function that names no network is in none. */
export function functionDocument(
  configuration: FunctionConfiguration,
  answers: FunctionAnswers,
  place: Place,
): LambdaFunction {
  const { VpcId, SubnetIds = [], SecurityGroupIds = [] } = configuration.VpcConfig ?? {}
  return documentOf<LambdaFunction>(
    {
      type: 'AWS::Lambda::Function',
      role: textOf(configuration.Role),
      vpc: uidOf(place, 'vpc', VpcId),
      subnets: uidsOf(place, 'subnet', SubnetIds),
      groups: uidsOf(place, 'security-group', SecurityGroupIds),
    },
    {
      url: urlFact(answers),
      policy: factOf(answers.policy, ({ Policy }) => textOf(Policy), null),
      tags: factOf(answers.tags, ({ Tags }) => tagsOfRecord(Tags ?? {})),
    },
  )
}

/**
 * The function's own URL. Where an alias has one too, with a policy of its own, neither this one nor its absence would be the
 * whole truth: then it is not known.
 */
function urlFact({ url, urlsOfAliases }: FunctionAnswers): Fact<FunctionUrl | null> {
  if ('refused' in urlsOfAliases) return { refused: urlsOfAliases.refused }
  const own = 'value' in url ? url.value.FunctionUrl : undefined
  const ofAliases = 'value' in urlsOfAliases ? urlsOfAliases.value : []
  const others = ofAliases.filter((each) => own === undefined || each.url !== own).map(({ alias }) => alias)
  if (others.length > 0) return { refused: `aliases have URLs of their own, which are not read: ${others.join(', ')}` }
  return factOf(url, urlOf, null)
}

function urlOf({ AuthType, CreationTime }: UrlAnswer): FunctionUrl | undefined {
  const authType = oneOf(['NONE', 'AWS_IAM'], AuthType)
  const createdAt = readTime(CreationTime, { unit: 'milliseconds' })?.at
  return authType && { authType, ...(createdAt === undefined ? {} : { createdAt: Math.round(createdAt) }) }
}
