import type { FindingState } from '../../schemas/generated/state.ts'
import type { FindingContext } from '../enricher.ts'
import { fold, globOf } from './glob.ts'
import { ownerName, quote, tagPhrase } from './phrases.ts'
import type { AssetRule, Condition } from './rules.ts'

type Said = Pick<FindingContext, 'asset' | 'data' | 'owner'>

/** One condition: whether it holds, and what of the finding it holds for, in words. */
interface Test {
  readonly holds: (finding: FindingState) => boolean
  readonly words: (finding: FindingState) => string
}

interface Compiled {
  readonly account: (account: string) => boolean
  readonly tests: readonly Test[]
  /** What it says of a finding for which it holds. */
  readonly says: (finding: FindingState, source: () => string) => Said
  readonly name: string
}

/** Accounts whose rules are remembered. */
const REMEMBERED_ACCOUNTS = 10_000

/** The rules of a configuration, ready for many findings. */
export class OwnRules {
  readonly #rules: readonly Compiled[]
  /** With one rule per account only few of them concern a finding. */
  readonly #byAccount = new Map<string, readonly Compiled[]>()

  constructor(rules: readonly AssetRule[]) {
    this.#rules = rules.map(compiled)
  }

  /** What the rules say of a finding: for each attribute the first that holds. */
  read(finding: FindingState): Said {
    let said: Said = {}
    for (const { tests, says, name } of this.#of(finding.cloud.account)) {
      if (!tests.every(({ holds }) => holds(finding))) continue
      said = { ...says(finding, () => [name, ...tests.map(({ words }) => words(finding))].join(', ')), ...said }
      if (said.asset && said.data && said.owner) break
    }
    return said
  }

  #of(account: string): readonly Compiled[] {
    const known = this.#byAccount.get(account)
    if (known !== undefined) return known
    const rules = this.#rules.filter((rule) => rule.account(account))
    if (this.#byAccount.size >= REMEMBERED_ACCOUNTS) this.#byAccount.clear()
    this.#byAccount.set(account, rules)
    return rules
  }
}

function compiled({ name, when, asset, data, owner, certain }: AssetRule, index: number): Compiled {
  const fits = when.accounts?.map(globOf)
  return {
    account: (account) => fits === undefined || fits.some((each) => each(account)),
    tests: testsOf(when),
    name: `rule ${name === undefined ? index + 1 : quote(name)}`,
    says: (finding, source) => {
      const ownerHere = typeof owner === 'object' ? tagOf(finding, fold(owner.fromTag))?.value : owner
      const named = ownerHere === undefined ? undefined : ownerName(ownerHere)
      return {
        ...(asset && { asset: { value: asset, certainty: certainty(certain ?? true), source: source() } }),
        ...(data && { data: { value: data, certainty: certainty(certain ?? false), source: source() } }),
        ...(named && { owner: { name: named, source: source() } }),
      }
    },
  }
}

function certainty(certain: boolean): 'certain' | 'possible' {
  return certain ? 'certain' : 'possible'
}

/** The tests of a condition but for the accounts' own, in the order in which people read them. */
function testsOf(when: Condition): readonly Test[] {
  return [
    ...(when.tag ? [tagTest(when.tag)] : []),
    // Which rules concern an account is known before they are tested.
    ...(when.accounts
      ? [{ holds: () => true, words: ({ cloud }: FindingState) => `account ${quote(cloud.account)}` }]
      : []),
    ...wordTest('account name', when.accountName, ({ cloud }) => [cloud.accountName]),
    ...wordTest('organizational unit', when.organizationalUnit, ({ cloud: { organization } }) => [
      organization?.unitName,
      organization?.unitUid,
    ]),
    ...wordTest('provider', when.provider, ({ cloud }) => [cloud.provider]),
    ...wordTest('type', when.resourceType, ({ resources: [subject] }) => [subject.type]),
    ...wordTest('resource', when.resource, ({ resources: [subject] }) => [subject.uid, subject.name]),
    ...wordTest('region', when.region, ({ resources: [subject], cloud }) => [subject.region ?? cloud.region]),
  ]
}

function wordTest(
  what: string,
  pattern: string | undefined,
  wordsOf: (finding: FindingState) => readonly (string | undefined)[],
): readonly Test[] {
  if (pattern === undefined) return []
  const fits = globOf(pattern)
  const word = (finding: FindingState): string | undefined => wordsOf(finding).find(fits)
  return [
    {
      holds: (finding) => word(finding) !== undefined,
      words: (finding) => `${what} ${quote(word(finding) ?? '')}`,
    },
  ]
}

function tagTest({ name, value }: NonNullable<Condition['tag']>): Test {
  const wanted = fold(name)
  const fits = value === undefined ? () => true : globOf(value)
  return {
    holds: (finding) => tagOf(finding, wanted, fits) !== undefined,
    words: (finding) => tagPhrase(tagOf(finding, wanted, fits)!),
  }
}

function tagOf(
  { resources: [subject] }: FindingState,
  name: string,
  fits: (value: string) => boolean = () => true,
): FindingState['resources'][number]['tags'][number] | undefined {
  return subject.tags.find((tag) => fold(tag.name) === name && fits(tag.value))
}
