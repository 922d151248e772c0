import { exposureOf } from '../../../enrichment/exposure/exposure-of.ts'
import { SAMPLE_TENANT, sampleGraph } from '../../../enrichment/graph/sample-graph.ts'
import * as balancers from './balancer-cases.ts'
import type { Case } from './base-world.ts'
import { bucketExpectation } from './bucket-truth.ts'
import { difference, type Expectation, expectationOf } from './expectation.ts'
import * as functions from './function-cases.ts'
import { functionExpectation, sharingExpectation } from './function-truth.ts'
import * as groups from './group-cases.ts'
import * as network from './network-cases.ts'
import { networkTruth } from './network-truth.ts'
import * as policies from './policy-cases.ts'
import { queueExpectation } from './queue-truth.ts'
import * as buckets from './s3-cases.ts'
import type { BucketDoors } from './s3-truth.ts'
import { World } from './world.ts'

/** Cases of one kind. */
export const SUITES = {
  routes: network.routeCases,
  block: network.blockCases,
  acl: network.aclCases,
  groups: groups.groupCases,
  references: groups.referenceCases,
  missing: network.missingCases,
  balancers: balancers.balancerCases,
  'classic balancers': balancers.classicCases,
  databases: balancers.databaseCases,
  clusters: balancers.clusterCases,
  'bucket flags': buckets.flagCases,
  'bucket ACLs': buckets.aclPolicyCases,
  statements: policies.statementCases,
  conditions: policies.conditionCases,
  'pairs of conditions': policies.pairCases,
  functions: functions.functionCases,
  'shared copies': functions.sharingCases,
} satisfies Record<string, () => Generator<Case>>

export type Suite = keyof typeof SUITES

export interface Outcome {
  readonly cases: number
  readonly differences: readonly string[]
  /** How many cases the brute force has for each answer. */
  readonly answers: Readonly<Record<string, number>>
}

/** Asks the evaluators and the brute force about every case, or about one in so many; ends after as many differences. */
export function compare(suite: Suite, every = 1, enough = 20): Outcome {
  const expect = expectations()
  const differences: string[] = []
  const answers: Record<string, number> = {}
  let [cases, index] = [0, 0]
  for (const each of SUITES[suite]()) {
    if (index++ % every !== 0) continue
    cases += 1
    const expected = expect(each)
    const name = expected.values.join(' or ')
    answers[name] = (answers[name] ?? 0) + 1
    const found = differenceOf(each, expected)
    if (found !== undefined) differences.push(`${each.name}: ${found}`)
    if (differences.length >= enough) break
  }
  return { cases, differences, answers }
}

function differenceOf(each: Case, expected: Expectation): string | undefined {
  const graph = sampleGraph(each.assets, each.covered ? { covered: each.covered } : {})
  try {
    return difference(expected, exposureOf(graph, SAMPLE_TENANT, each.uid))
  } catch (error) {
    return `ours threw ${String(error)}`
  }
}

/** What the brute force expects; it keeps what it has worked out about buckets. */
function expectations(): (each: Case) => Expectation {
  const made = new Map<string, BucketDoors>()
  return ({ assets, covered, uid }) => {
    const world = new World(assets, covered)
    const truth = networkTruth(world, uid)
    if (truth) return expectationOf(truth)
    const shared = sharingExpectation(world, uid)
    if (shared) return shared
    if (world.find('AWS::Lambda::Function', uid)) return functionExpectation(world, uid)
    return world.find('AWS::S3::Bucket', uid) ? bucketExpectation(world, uid, made) : queueExpectation(world, uid)
  }
}

/** `node comparison.ts <every> <suite>...`: says the first difference of its tree and fails, or passes in silence. */
function main([every, ...suites]: readonly string[]): void {
  for (const suite of suites) {
    const [first] = compare(suite as Suite, Number(every), 1).differences
    if (first === undefined) continue
    console.log(first)
    process.exitCode = 1
    return
  }
}

if (import.meta.main) main(process.argv.slice(2))
