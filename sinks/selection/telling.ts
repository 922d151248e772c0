import type { PostureFinding } from '../sink.ts'
import type { Filter } from './filter.ts'
import { KeyTable } from './key-table.ts'

const UNTOLD = 0
const TOLD = 1
const CLOSED = 2

/**
 * What a sink with a filter gets of a partition that is read anew, revision after revision: those that fit, and from the
 * first of them on everything until the finding is closed. Where that first revision is no longer kept, what the sink
 * remembers of its deliveries counts, and a closing counts that would fit but for its state: better one too many than a
 * finding that stays open for ever.
 */
export class Telling {
  readonly #filter: Filter
  readonly #isRemembered: (key: string) => boolean
  readonly #known = new KeyTable(1)

  constructor(filter: Filter, isRemembered: (key: string) => boolean = () => false) {
    this.#filter = filter
    this.#isRemembered = isRemembered
  }

  /** Whether the sink gets it. Every revision that is kept is to be asked for, in order. */
  takes(finding: PostureFinding): boolean {
    const { key, state } = finding
    const isClosing = !this.#filter.keepsTelling(state)
    const known = this.#known.get(key)
    const isTold =
      known === TOLD ||
      this.#isRemembered(key) ||
      (isClosing && (known === CLOSED || (known === undefined && this.#mayHaveFitted(finding))))
    const takes = isTold || this.#filter.fits(finding)
    this.#known.set(key, takes ? (isClosing ? CLOSED : TOLD) : UNTOLD)
    return takes
  }

  forget(key: string): void {
    this.#known.delete(key)
  }

  #mayHaveFitted(finding: PostureFinding): boolean {
    return finding.revision > 1 && this.#filter.fitsButForState(finding)
  }
}
