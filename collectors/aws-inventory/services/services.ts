import type { Describer } from '../describer.ts'
import { accountSettings } from './account-settings.ts'
import { buckets } from './buckets.ts'
import { classicLoadBalancers } from './classic-load-balancers.ts'
import { clusters } from './clusters.ts'
import { databases } from './databases.ts'
import { functions } from './functions.ts'
import { identities } from './identities.ts'
import { keys } from './keys.ts'
import { loadBalancers } from './load-balancers.ts'
import { organizationAccounts } from './organization.ts'
import { queues } from './queues.ts'
import { secrets } from './secrets.ts'
import { topics } from './topics.ts'

/** The describers of everything but EC2. */
export const serviceDescribers: readonly Describer[] = [
  ...loadBalancers,
  classicLoadBalancers,
  buckets,
  accountSettings,
  ...databases,
  functions,
  clusters,
  queues,
  topics,
  keys,
  secrets,
  identities,
  organizationAccounts,
]
