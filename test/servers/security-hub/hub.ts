import type { HubFaults } from './faults.ts'
import type { HubPlace, HubViolation } from './options.ts'
import type { Pages } from './pages.ts'
import type { FindingStore } from './store.ts'

/** What the operations work on. */
export interface Hub {
  readonly store: FindingStore
  readonly faults: HubFaults
  readonly pages: Pages
  readonly violations: HubViolation[]
  readonly partnerProducts: readonly string[]
  readonly clock: () => number
  /** Whether Security Hub is on there. */
  isEnabled(place: HubPlace): boolean
}
