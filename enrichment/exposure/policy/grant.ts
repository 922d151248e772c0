import { FAMILIES, subtract, toCidrs } from '../flow-set-addresses.ts'
import { isInternet } from '../flow-set-internet.ts'
import type { Caller } from './caller.ts'
import type { Who } from './who.ts'
import type { Concerned, Decision } from './decide.ts'
import { addressesIn, type Stretch } from './origins.ts'

/** The addresses that a way in names are only its first ones. */
const MOST_CIDRS = 20

/** What a way in lets one do: `call` is any use that shows or changes no data by itself. */
export type Access = 'read' | 'write' | 'list' | 'call'

/** One thing that may be asked for, and the kind of access that it is. */
export interface Probe {
  readonly access: Access
  readonly action: string
  /** An action that must be allowed to the same caller too. */
  readonly and?: string
  /** Any of them will do. */
  readonly resources: readonly string[]
}

/** Somebody outside the owner's account who gets through, or may. */
export interface Grant {
  readonly who: Who
  readonly access: Access
  readonly answer: 'yes' | 'unknown'
  readonly action: string
  /** The name of the statement that allows it. */
  readonly statement: string
  /** Whether a service asks for them, rather than they themselves. */
  readonly byService: boolean
}

/** The statements that answer one caller's wish. */
export interface Ask {
  readonly caller: Caller
  readonly probe: Probe
  readonly concerned: readonly Concerned[]
  readonly too: readonly Concerned[] | undefined
}

export interface Answered {
  readonly ask: Ask
  readonly stretch: Stretch
  readonly decision: Decision
}

/** Whether it is open to strangers for sure. */
export function isOpen(grants: readonly Grant[]): boolean {
  return grants.some(({ who, answer }) => answer === 'yes' && (who.kind === 'anyone' || who.kind === 'any-account'))
}

export function stretchesOf(answers: readonly Answered[]): readonly Stretch[] {
  return answers.map(({ stretch }) => stretch)
}

/** Everyone where the addresses come to the internet; undefined where none is left beside those that are `sure` anyway. */
export function whoFrom(open: readonly Stretch[], sure: readonly Stretch[], everyone: Who): Who | undefined {
  const sets = FAMILIES.map((family) => ({ family, all: addressesIn(family, open), before: addressesIn(family, sure) }))
  if (sets.some(({ family, before }) => isInternet(family, before))) return undefined
  if (sets.some(({ family, all }) => isInternet(family, all))) return everyone
  const cidrs = sets.flatMap(({ family, all, before }) => toCidrs(family, subtract(family, all, before), MOST_CIDRS))
  return cidrs.length === 0 ? undefined : { kind: 'addresses', cidrs: cidrs.slice(0, MOST_CIDRS) }
}

export function grantOf(
  who: Who,
  { caller, probe: { access, action, and } }: Ask,
  { allow, deny }: Decision,
  answer: 'yes' | 'unknown',
): Grant {
  return {
    who,
    access,
    answer,
    action: and === undefined ? action : `${action} and ${and}`,
    statement: allow?.name ?? deny?.name ?? '?',
    byService: caller.kind === 'service',
  }
}
