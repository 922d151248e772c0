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
  const accounts = shares.flatMap(({ UserId }) => (UserId === undefined || UserId === own ? [] : [UserId]))
  return [...new Set(accounts)].toSorted()
}
