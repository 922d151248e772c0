import { health } from './health.ts'
import { findingsPattern, historyPattern } from './index-patterns.ts'
import { overview } from './overview.ts'
import type { SavedObject } from './saved-object.ts'

/** All saved objects; what is referred to comes before what refers to it. */
export const savedObjects: readonly SavedObject[] = [findingsPattern, historyPattern, ...overview, ...health]

/** The file that OpenSearch Dashboards imports. */
export function ndjson(): string {
  return savedObjects.map((object) => `${JSON.stringify(object)}\n`).join('')
}
