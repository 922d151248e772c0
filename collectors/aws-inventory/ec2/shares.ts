import { setOf } from '../services/facts.ts'

/** With whom an image or a snapshot is shared, as EC2 lists it. */
export interface Share {
  readonly Group?: string | undefined
  readonly UserId?: string | undefined
}

/** Whether everybody has it. */
export function isPublic(shares: readonly Share[]): boolean {
  return shares.some(({ Group }) => Group === 'all')
}

/** The other accounts that have it. */
export function accountsOf(shares: readonly Share[], own: string): string[] {
  return setOf(shares.map(({ UserId }) => UserId).filter((account) => account !== own))
}
