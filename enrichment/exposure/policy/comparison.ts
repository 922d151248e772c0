import { intersect, parseAddress, parseCidrOrAddress, union, type AddressSet } from '../flow-set-addresses.ts'
import { answerOf, type Answer } from './answer.ts'
import { globMatches, textOf, type Glob } from './glob.ts'

/** Compares a value of a policy, as a pattern, with one of a request. */
export type Comparison = (pattern: Glob, found: string) => Answer

/** What IAM's positive operators compare, by their names in lower case. Dates are missing: a proof reads no clock. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  stringequals: (pattern, found) => answerOf(textOf(pattern) === found),
  binaryequals: (pattern, found) => answerOf(textOf(pattern) === found),
  stringequalsignorecase: (pattern, found) => answerOf(textOf(pattern).toLowerCase() === found.toLowerCase()),
  stringlike: (pattern, found) => answerOf(globMatches(pattern, found)),
  arnequals: (pattern, found) => answerOf(arnMatches(pattern, found)),
  arnlike: (pattern, found) => answerOf(arnMatches(pattern, found)),
  bool: (pattern, found) => answerOf(pattern.toLowerCase() === found.toLowerCase()),
  numericequals: numeric((policy, request) => request === policy),
  numericlessthan: numeric((policy, request) => request < policy),
  numericlessthanequals: numeric((policy, request) => request <= policy),
  numericgreaterthan: numeric((policy, request) => request > policy),
  numericgreaterthanequals: numeric((policy, request) => request >= policy),
}

function numeric(holds: (policy: number, request: number) => boolean): Comparison {
  return (pattern, found) => {
    const [policy, request] = [numberOf(pattern), numberOf(found)]
    if (policy === undefined) return 'unknown'
    return answerOf(request !== undefined && holds(policy, request))
  }
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** Each of an ARN's six parts by itself, the last one with whatever colons it has. */
function arnMatches(pattern: Glob, found: string): boolean {
  const [patterns, texts] = [partsOf(pattern), partsOf(found)]
  if (patterns.length !== texts.length) return false
  return patterns.every((each, at) => globMatches(each as Glob, texts[at] ?? ''))
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/** The addresses that a list of CIDRs means. */
export interface Blocks {
  readonly v4: AddressSet
  readonly v6: AddressSet
  /** Whether all of them could be read. */
  readonly isComplete: boolean
}

/** Each value is a CIDR, or an address, which stands for itself alone. */
export function blocksOf(values: readonly string[]): Blocks {
  const blocks = values.map(parseCidrOrAddress)
  const of = (family: 'v4' | 'v6'): AddressSet =>
    union(blocks.flatMap((each) => (each?.family === family ? each.addresses : [])))
  return { v4: of('v4'), v6: of('v6'), isComplete: !blocks.includes(undefined) }
}

export function inBlocks(blocks: Blocks, found: string): Answer {
  const family = found.includes(':') ? 'v6' : 'v4'
  const address = parseAddress(family, found)
  if (address === undefined) return 'unknown'
  if (intersect(blocks[family], address).length > 0) return 'yes'
  return blocks.isComplete ? 'no' : 'unknown'
}
