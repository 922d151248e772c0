import { seedBuckets } from './seed-buckets.ts'
import { seedIdentities } from './seed-identities.ts'
import { seedInstances, type SeededInstances } from './seed-instances.ts'
import { seedNetwork, type SeededNetwork } from './seed-network.ts'
import { seedDatabases, seedFunction, seedKey, seedQueues } from './seed-services.ts'
import { seedTarget } from './seeded.ts'

/** What a filled moto has, beside what it is called the same everywhere. */
export interface SeededAccount {
  readonly buckets: readonly string[]
  readonly network: SeededNetwork
  readonly instances: SeededInstances
  /** Its id. */
  readonly key: string
}

/** Fills an empty moto with a small account in which much is wrong, in `us-east-1`. */
export async function seedAccount(endpoint: string): Promise<SeededAccount> {
  const target = seedTarget(endpoint)
  const buckets = await seedBuckets(target)
  const network = await seedNetwork(target)
  await seedIdentities(target)
  const instances = await seedInstances(target, network)
  await seedDatabases(target)
  const key = await seedKey(target)
  await seedFunction(target)
  await seedQueues(target)
  return { buckets, network, instances, key }
}
