import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { catalogs } from '../catalog.ts'
import { errorGroups } from '../error-groups.ts'

const root = join(import.meta.dirname, '../..')
const FOLDERS = '{app,collectors,core,deploy,enrichment,schemas,sinks,stream}/**/*.ts'
/** Words of others in capitals: of Node and its libraries, of YAML, AWS, Google and Kafka, and variables of the environment. */
const OTHERS = [
  /^(ERR|UND_ERR|EAI|ABORT|Z)_/,
  /^(BAD_DQ_ESCAPE|BAD_SCALAR_START|TAG_RESOLVE_FAILED|RESOURCE_EXHAUSTION|QUOTE_(DOUBLE|SINGLE))$/,
  /^(FULL_CONTROL|READ_ACP|WRITE_ACP|AWS_IAM|TCP_UDP|TCP_QUIC|NOT_AVAILABLE|CONFIG_(EVALUATIONS_EMPTY|RETURNS_NOT_APPLICABLE))$/,
  /^(REBALANCE_IN_PROGRESS|ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID|NOT_COORDINATOR_FOR_GROUP|GROUP_COORDINATOR_NOT_AVAILABLE|INVALID_PRODUCER_EPOCH|PRODUCER_FENCED)$/,
  /^TRANSACTIONAL_ID_AUTHORIZATION_FAILED$/,
  /^(SCC_ERROR|POSTURE_VIOLATION|TOXIC_COMBINATION|SENSITIVE_DATA_RISK|EXTERNAL_EXPOSURE|NO_KNOWN)$/,
  /^(GOOGLE_CLOUD_PLATFORM|AMAZON_WEB_SERVICES|MICROSOFT_AZURE)$/,
  /^(LOG_LEVEL|NO_COLOR|PUBSUB_EMULATOR_HOST|POSTURE_CONFIG|AWS_(REGION|ACCOUNT_ID)|OPENSEARCH_(URL|PASSWORD)|SPLUNK_(URL|TOKEN))$/,
]
/** Nothing but words of others: Google's enumerations, and its names for techniques of ATT&CK. */
const VOCABULARIES = /gcp-pubsub\/mapping\/(enums|attack-words)\.ts$/
/** Made of what the other side answers, so that no file writes them whole. */
const MADE = /^SPLUNK_(HEC_\d+|HTTP_…)$/
const noted = new Set(errorGroups(catalogs).flatMap(({ errors }) => Object.keys(errors)))

/** By code, the files that write it as a text of its own. */
function written(): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>()
  for (const file of globSync(FOLDERS, { cwd: root })) {
    if (VOCABULARIES.test(file)) continue
    if (/\.test\.ts$|\/sample-|\.contract\.ts$|\/generated\/|schemas\/ocsf|error-notes\.ts$|app\/status\//.test(file))
      continue
    for (const [, code] of readFileSync(join(root, file), 'utf8').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g))
      places.set(code!, [...(places.get(code!) ?? []), file])
  }
  return places
}

describe('the page of errors', () => {
  test('has every code that the program writes', () => {
    const missing = [...written()].filter(([code]) => !noted.has(code) && !OTHERS.some((pattern) => pattern.test(code)))
    expect(missing.map(([code, files]) => `${code} (${files[0]})`)).toEqual([])
  })

  test('has no code that the program does not write', () => {
    const codes = written()
    expect([...noted].filter((code) => !codes.has(code) && !MADE.test(code))).toEqual([])
  })
})
