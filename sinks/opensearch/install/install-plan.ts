/** How one thing on the cluster that install looks after stands, and what install does about it. */
export interface InstallPlan {
  readonly kind: 'template' | 'index' | 'data stream' | 'policy'
  readonly name: string
  /**
   * Install creates what is `missing` and mends what `differs`. It leaves alone what is `as-wanted`, what a `newer`
   * version of ours installed, what is `unmanaged` because the cluster cannot do it, and what is `refused`: there a person
   * must decide first.
   */
  readonly state: 'as-wanted' | 'missing' | 'differs' | 'newer' | 'unmanaged' | 'refused'
  /** How it stands, or what install would do, for a person. */
  readonly sentence: string
  /** The same, after install has done it; empty where it does nothing. */
  readonly done: string
}

/** A plan, and how to carry it out: absent where there is nothing to do. */
export interface Found {
  readonly plan: InstallPlan
  readonly mend?: () => Promise<void>
}

/** What is installed, by the names of the configuration. */
export interface InstallNames {
  /** The alias of the latest state. */
  readonly index: string
  readonly history?: HistoryNames | undefined
}

export interface HistoryNames {
  readonly dataStream: string
  /** A new index is begun when one has this size … */
  readonly rolloverGb: number
  /** … or this age. */
  readonly rolloverDays: number
  /** How long a revision is kept after its index was closed to new ones. */
  readonly retentionDays: number
}

type Subject = Pick<InstallPlan, 'kind' | 'name'>

/** Nothing to do. */
export function leave(
  subject: Subject,
  state: 'as-wanted' | 'newer' | 'unmanaged' | 'refused',
  sentence: string,
): Found {
  return { plan: { ...subject, state, sentence, done: '' } }
}

/** Something to do. */
export function act(
  subject: Subject,
  state: 'missing' | 'differs',
  { sentence, done }: Pick<InstallPlan, 'sentence' | 'done'>,
  mend: () => Promise<void>,
): Found {
  return { plan: { ...subject, state, sentence, done }, mend }
}

/** The names of some things, for a sentence: the first few, and how many more there are. */
export function someOf(names: readonly string[], shown = 5): string {
  const more = names.length - shown
  return more > 0 ? `${names.slice(0, shown).join(', ')} and ${more} more` : names.join(', ')
}
