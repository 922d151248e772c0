import type { Caller, Origin, Setting } from './caller.ts'
import { outsidersOf, strangersTo } from './callers-of.ts'
import { decide, statementsAbout, statementsFor, type Budget, type Concerned, type Decision } from './decide.ts'
import {
  grantOf,
  isOpen,
  stretchesOf,
  whoFrom,
  type Access,
  type Answered,
  type Ask,
  type Grant,
  type Probe,
} from './grant.ts'
import { originsOf, type Origins } from './origins.ts'
import type { Policy, Statement } from './parse.ts'
import type { Outsider, Who } from './who.ts'

export interface Audience {
  readonly grants: readonly Grant[]
  /** The names of Deny statements that keep strangers from what is allowed to them. */
  readonly closers: readonly string[]
  /** False where the policy was too large to be looked at whole: nothing that is not granted is then known to be closed. */
  readonly isComplete: boolean
}

/** Who asks a policy what. */
export interface Question {
  readonly policy: Policy
  readonly probes: readonly Probe[]
  readonly setting: Setting
  /** Which requests are taken at all. */
  readonly requests: 'unsigned' | 'signed' | 'both'
  /** Whether to look for those whom the policy names although it is open to strangers. */
  readonly isExhaustive?: boolean
}

/** Statements looked at for one policy: about two seconds, and many times what the longest that AWS keeps takes. */
const MOST_WORK = 600_000

/**
 * Everyone outside the owner's account to whom a resource policy grants something, by asking it in the name of each caller
 * and place that it can tell apart. The owner's own identities, and services that act for nobody else, are no outsiders:
 * what they may do is a matter of their own permissions.
 */
export function audienceOf(question: Question): Audience {
  const search = new Search(question)
  const accesses = [...new Set(question.probes.map((each) => each.access))]
  const grants = accesses.flatMap((access) => search.grantsOf(access))
  return { grants, closers: [...search.closers], isComplete: search.isComplete }
}

const UNSIGNED: Caller = { kind: 'unsigned' }

class Search {
  readonly closers = new Set<string>()
  readonly #question: Question
  readonly #origins: Origins
  readonly #outsiders: readonly Outsider[]
  readonly #signers: readonly Caller[]
  readonly #budget: Budget = { left: MOST_WORK }
  readonly #places: ReadonlyMap<Statement, number>
  readonly #about = new Map<string, readonly Concerned[]>()

  constructor(question: Question) {
    this.#question = question
    this.#places = new Map(question.policy.statements.map((each, place) => [each, place]))
    this.#signers = strangersTo(question.policy)
    this.#origins = originsOf(question.policy)
    this.#outsiders = outsidersOf(question.policy, question.setting.account)
  }

  get isComplete(): boolean {
    return this.#budget.left >= 0
  }

  grantsOf(access: Access): readonly Grant[] {
    const probes = this.#question.probes.filter((each) => each.access === access)
    const { requests, isExhaustive = false } = this.#question
    const unsigned = requests === 'signed' ? [] : this.#strangers([UNSIGNED], probes)
    if ((isOpen(unsigned) && !isExhaustive) || requests === 'unsigned') return unsigned
    const strangers = [...unsigned, ...this.#strangers(this.#signers, probes)]
    return isOpen(strangers) && !isExhaustive ? strangers : [...strangers, ...this.#named(probes)]
  }

  /** What strangers are granted from anywhere. */
  #strangers(callers: readonly Caller[], probes: readonly Probe[]): readonly Grant[] {
    const asks = callers.flatMap((caller) => this.#asks(caller, probes))
    const everyone: Who = { kind: callers.includes(UNSIGNED) ? 'anyone' : 'any-account' }
    const answers = asks.flatMap((ask) =>
      this.#origins.stretches.map((stretch) => ({ ask, stretch, decision: this.#decide(ask, stretch.origin) })),
    )
    const byAddress = this.#byAddress(everyone, answers)
    if (isOpen(byAddress)) return byAddress
    return [
      ...byAddress,
      ...this.#first(everyone, asks, [this.#origins.anyVpc]),
      ...this.#origins.named.flatMap(({ name, origin }) => this.#first({ kind: 'vpc', name }, asks, [origin])),
    ]
  }

  /** Addresses are added up over all actions: many narrow grants may come to the whole internet. */
  #byAddress(everyone: Who, answers: readonly Answered[]): readonly Grant[] {
    const granted = (answer: 'yes' | 'unknown'): readonly Grant[] => {
      const open = answers.filter(({ decision }) => decision.answer === answer || decision.answer === 'yes')
      const [first] = open.filter(({ decision }) => decision.answer === answer)
      if (first === undefined) return []
      const sure = answer === 'yes' ? [] : stretchesOf(answers.filter(({ decision }) => decision.answer === 'yes'))
      const who = whoFrom(stretchesOf(open), sure, everyone)
      return who === undefined ? [] : [grantOf(who, first.ask, first.decision, answer)]
    }
    return [...granted('yes'), ...granted('unknown')]
  }

  #named(probes: readonly Probe[]): readonly Grant[] {
    const { stretches, anyVpc, named } = this.#origins
    const origins = [...stretches.map((each) => each.origin), anyVpc, ...named.map((each) => each.origin)]
    const done = new Map<string, Grant>()
    for (const { who, caller } of this.#outsiders) {
      const key = JSON.stringify(who)
      if (done.get(key)?.answer === 'yes') continue
      const [grant] = this.#first(who, this.#asks(caller, probes), origins)
      if (grant !== undefined) done.set(key, grant)
    }
    return [...done.values()]
  }

  /** The first certain grant, else the first possible one. */
  #first(who: Who, asks: readonly Ask[], origins: readonly Origin[]): readonly Grant[] {
    let possible: Grant | undefined
    for (const ask of asks) {
      for (const origin of origins) {
        const decision = this.#decide(ask, origin)
        // Who may sign in as such a caller, and what a service before it lets in, is not known.
        const isSure = ask.caller.kind !== 'federated' && who.kind !== 'front'
        if (decision.answer === 'yes' && isSure) return [grantOf(who, ask, decision, 'yes')]
        if (decision.answer !== 'no') possible ??= grantOf(who, ask, decision, 'unknown')
      }
    }
    return possible === undefined ? [] : [possible]
  }

  /** What comes to the same statements is asked once. */
  #asks(caller: Caller, probes: readonly Probe[]): readonly Ask[] {
    const asks = new Map<string, Ask>()
    for (const probe of probes) {
      for (const resource of probe.resources) {
        const concerned = this.#concerned(caller, probe.action, resource)
        const too = probe.and === undefined ? undefined : this.#concerned(caller, probe.and, resource)
        if (concerned.length === 0 || too?.length === 0) continue
        const key = `${this.#keyOf(concerned)} ${this.#keyOf(too ?? [])}`
        if (!asks.has(key)) asks.set(key, { caller, probe, concerned, too })
      }
    }
    return [...asks.values()]
  }

  #keyOf(concerned: readonly Concerned[]): string {
    return concerned.map(({ statement, matches }) => `${this.#places.get(statement)}${matches}`).join()
  }

  /** Empty where nothing allows it. */
  #concerned(caller: Caller, action: string, resource: string): readonly Concerned[] {
    const place = `${action} ${resource}`
    const about = this.#about.get(place) ?? statementsAbout(this.#question.policy, action, resource, this.#budget)
    this.#about.set(place, about)
    const concerned = statementsFor(about, caller, this.#budget)
    return concerned.some(({ statement }) => statement.effect !== 'Deny') ? concerned : []
  }

  #decide({ caller, concerned, too }: Ask, origin: Origin): Decision {
    const decision = this.#decideOne(concerned, caller, origin)
    if (too === undefined || decision.answer === 'no') return decision
    const second = this.#decideOne(too, caller, origin)
    return second.answer === 'yes' ? decision : { ...decision, ...second }
  }

  #decideOne(concerned: readonly Concerned[], caller: Caller, origin: Origin): Decision {
    const decision = decide(concerned, caller, origin, this.#question.setting, this.#budget)
    const { answer, deny } = decision
    if (answer === 'no' && deny !== undefined && (caller === UNSIGNED || this.#signers.includes(caller)))
      this.closers.add(deny.name)
    return decision
  }
}
