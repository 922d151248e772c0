import { digest } from '../core/digest.ts'
import { MAJORS } from '../schemas/records.ts'
import { dueAt, type Periods } from './lifecycle/periods.ts'
import { LocalStore } from './state/local-store.ts'

/** Opens the local store of this process's partitions. Throws a PermanentError (`STATE_UNUSABLE`) with the remedy. */
export function openState(path: string, periods: Periods): LocalStore {
  // The index of what is due was made with these periods: with others, the store is restored anew.
  const version = digest([MAJORS.state, periods])
  return LocalStore.open({ path, version, dueAt: (record) => dueAt(record, periods) })
}
