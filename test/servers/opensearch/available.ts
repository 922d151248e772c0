import { findJdk, jdkHomes, type Jdk } from './jdk.ts'
import { openSearchJars, openSearchVersions, USUAL_VERSION, type OpenSearchVersion } from './versions.ts'

/** What OpenSearch the tests can have: that of OPENSEARCH_URL, one started here with this JDK, or none, and why. */
export type OpenSearchAvailability =
  | { readonly from: 'environment'; readonly url: string }
  | { readonly from: 'here'; readonly jdk: Jdk }
  | { readonly from: 'nowhere'; readonly why: string }

/**
 * Looks for OPENSEARCH_URL, which stands in for the usual version, then for what starting a node takes. Throws where
 * OPENSEARCH_REQUIRED forbids to have none: `1` stands for every version, `2.19.6` for that one.
 */
export function openSearchAvailability(
  version: OpenSearchVersion,
  environment: NodeJS.ProcessEnv = process.env,
  homes: readonly string[] = jdkHomes(environment),
): OpenSearchAvailability {
  const url = (environment['OPENSEARCH_URL'] ?? '').replace(/\/+$/, '')
  if (url !== '' && version === USUAL_VERSION) return { from: 'environment', url }
  if (url !== '')
    return { from: 'nowhere', why: `no OpenSearch ${version} is started beside the one that OPENSEARCH_URL names` }
  const found = jdkForNode(version, environment, homes)
  if (typeof found !== 'string') return { from: 'here', jdk: found }
  const why = `${found}${version === USUAL_VERSION ? '; or set OPENSEARCH_URL to one for tests' : ''}`
  if (isRequired(version, environment)) throw new Error(why)
  return { from: 'nowhere', why }
}

/** The JDK that a node of this version can be started with here; otherwise the sentence that says what is missing. */
export function jdkForNode(
  version: OpenSearchVersion,
  environment: NodeJS.ProcessEnv = process.env,
  homes: readonly string[] = jdkHomes(environment),
): Jdk | string {
  const jdk = findJdk(openSearchVersions[version].oldestJava, homes, environment)
  const missing = [...(typeof jdk === 'string' ? [jdk] : []), ...openSearchJars(version).missing(environment)]
  return typeof jdk === 'string' || missing.length > 0 ? `no OpenSearch ${version}: ${missing.join('; ')}` : jdk
}

/** The sentence for tests that start nodes of their own, to kill them or for their settings; undefined: they can run. */
export function whyNoOwnNode(
  version: OpenSearchVersion = USUAL_VERSION,
  environment: NodeJS.ProcessEnv = process.env,
  homes: readonly string[] = jdkHomes(environment),
): string | undefined {
  const availability = openSearchAvailability(version, environment, homes)
  if (availability.from === 'environment')
    return 'starts nodes of its own, which is not done while OPENSEARCH_URL names a server'
  return availability.from === 'nowhere' ? availability.why : undefined
}

function isRequired(version: OpenSearchVersion, environment: NodeJS.ProcessEnv): boolean {
  const required = (environment['OPENSEARCH_REQUIRED'] ?? '').split(',').map((one) => one.trim())
  return required.includes('1') || required.includes(version)
}
