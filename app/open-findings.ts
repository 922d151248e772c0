import { FindingsStore } from '../sinks/local/findings-store.ts'
import type { SinkInstance } from './config/catalogs.ts'

/** Opens what a local sink keeps, for reading, also while it is being written. Throws with what to do about it. */
export function openFindings({ config }: SinkInstance): FindingsStore {
  return FindingsStore.open((config as { readonly path: string }).path)
}
