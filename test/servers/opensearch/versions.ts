import { join } from 'node:path'
import { MavenJars } from '../maven-jars.ts'

/** The versions that the tests run on, and the oldest Java that each of them runs on. */
export const openSearchVersions = { '2.19.6': { oldestJava: 17 }, '3.6.0': { oldestJava: 21 } } as const

export type OpenSearchVersion = keyof typeof openSearchVersions

/** What a test gets that does not ask for another. */
export const USUAL_VERSION: OpenSearchVersion = '2.19.6'

const pom = join(import.meta.dirname, 'pom.xml')

/** The class path of a version, but for the launcher. */
export function openSearchJars(version: OpenSearchVersion): MavenJars {
  return new MavenJars({ product: 'OpenSearch', pom, properties: { 'opensearch.version': version } })
}
