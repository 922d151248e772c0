import { createRequire } from 'node:module'
import type { ErrorObject, ValidateFunction } from 'ajv'

/** The version of OCSF in which findings are written. */
export const OCSF_VERSION = '1.6.0'

/** The profiles of every event. What has no cloud account declares all but `cloud`, which would require one. */
export const OCSF_PROFILES = ['cloud', 'data_classification', 'datetime', 'incident', 'security_control'] as const

/** The classes of findings, by class_uid. */
export const OCSF_CLASSES: ReadonlyMap<number, string> = new Map([
  [2002, 'vulnerability_finding'],
  [2003, 'compliance_finding'],
  [2004, 'detection_finding'],
  [2006, 'data_security_finding'],
  [2007, 'application_security_posture_finding'],
  [2008, 'iam_analysis_finding'],
])
const PROBLEMS_SHOWN = 10

type Validators = Readonly<Record<string, ValidateFunction>>

const require = createRequire(import.meta.url)
/** Loaded at the first call and then kept by Node's own cache: nothing that only reads findings pays for it. */
const validators = (): Validators => require(`./${OCSF_VERSION}.validator.cjs`) as Validators

/**
 * What keeps the value from being an OCSF event as we emit them (version, class, profiles, structure), one sentence
 * each, the path first; empty for a valid one. Structure is the official schema's, where deprecated attributes count
 * as unknown. A JSON Schema sees no contradiction between two attributes (a number and its caption, type_uid and its
 * parts): the mapping avoids those by construction, and the oracle in test/ looks for them.
 */
export function validateOcsf(event: unknown): readonly string[] {
  const { metadata, class_uid: classUid } = fields(event)
  const { version, profiles } = fields(metadata)
  const name = OCSF_CLASSES.get(classUid as number)
  if (version !== OCSF_VERSION) return [`metadata.version is ${shown(version)}, expected "${OCSF_VERSION}"`]
  if (name === undefined)
    return [`class_uid is ${shown(classUid)}, expected one of ${[...OCSF_CLASSES.keys()].join(', ')}`]
  const variant = variantOf(profiles)
  if (variant === undefined)
    return [`metadata.profiles is ${shown(profiles)}, expected ${OCSF_PROFILES.join(', ')}, or those without cloud`]
  const validate = validators()[`ocsf:${variant}classes/${name}`]!
  if (validate(event)) return []
  const problems = [...new Set((validate.errors ?? []).map(sentence))]
  const hidden = problems.length - PROBLEMS_SHOWN
  return hidden > 0 ? [...problems.slice(0, PROBLEMS_SHOWN), `and ${hidden} more`] : problems
}

function variantOf(profiles: unknown): '' | 'without-cloud/' | undefined {
  if (!Array.isArray(profiles)) return undefined
  const declared = new Set<unknown>(profiles)
  if (!OCSF_PROFILES.every((profile) => profile === 'cloud' || declared.has(profile))) return undefined
  if (declared.size === OCSF_PROFILES.length) return declared.has('cloud') ? '' : undefined
  return declared.size === OCSF_PROFILES.length - 1 ? 'without-cloud/' : undefined
}

function sentence({ instancePath, message, params }: ErrorObject): string {
  const path = instancePath
    .slice(1)
    .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
  return `${path || 'the event'} ${message ?? 'is not valid'}${detail(params)}`
}

function detail(params: ErrorObject['params']): string {
  const { additionalProperty, allowedValues, allowedValue } = params as Record<string, unknown>
  if (additionalProperty !== undefined) return `: ${shown(additionalProperty)}`
  if (allowedValues !== undefined) return `: ${(allowedValues as unknown[]).join(', ')}`
  return allowedValue === undefined ? '' : `: ${shown(allowedValue)}`
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
