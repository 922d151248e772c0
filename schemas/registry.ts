import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { PermanentError } from '../core/errors.ts'
import type { AssetDocument } from './generated/asset-document.ts'
import type { Checkpoint } from './generated/checkpoint.ts'
import type { DeadLetter } from './generated/dead-letter.ts'
import type { DeadLetterVerdict } from './generated/dead-letter-verdict.ts'
import type { DeliveryRecord } from './generated/delivery.ts'
import type { PostureEvent } from './generated/posture-event.ts'
import type { ProcessReport } from './generated/process-report.ts'
import type { StateRecord } from './generated/state.ts'

/** What travels between the stages, by the name its schema has in this folder. */
export interface Shapes {
  'posture-event': PostureEvent
  'asset-document': AssetDocument
  state: StateRecord
  checkpoint: Checkpoint
  delivery: DeliveryRecord
  'dead-letter': DeadLetter
  'dead-letter-verdict': DeadLetterVerdict
  'process-report': ProcessReport
}
export type Subject = keyof Shapes

const SUBJECTS = [
  'posture-event',
  'asset-document',
  'state',
  'checkpoint',
  'delivery',
  'dead-letter',
  'dead-letter-verdict',
  'process-report',
] as const satisfies readonly Subject[]
const ERRORS_SHOWN = 3

/** The wire contract. A shape is compiled, which takes some 100 ms of the larger ones, when it is first needed. */
export class SchemaRegistry {
  readonly #ajv = new Ajv2020({
    allErrors: false,
    strict: true,
    strictRequired: false,
    discriminator: true,
    verbose: true,
  })
  readonly #validators = new Map<Subject, ValidateFunction>()

  constructor() {
    for (const subject of SUBJECTS) {
      const text = readFileSync(join(import.meta.dirname, `${subject}.schema.json`), 'utf8')
      this.#ajv.addSchema(JSON.parse(text) as object)
    }
  }

  /** Throws a PermanentError (`JSON_INVALID`, `SCHEMA_INVALID`) that names the place when the bytes are not of this shape. */
  decode<S extends Subject>(subject: S, bytes: Uint8Array): Shapes[S] {
    return this.check(subject, parseJson(bytes))
  }

  /** Throws a PermanentError (`SCHEMA_INVALID`) when the value is not of this shape: nothing invalid is ever written. */
  encode<S extends Subject>(subject: S, value: Shapes[S]): Uint8Array {
    return Buffer.from(JSON.stringify(this.check(subject, value)))
  }

  check<S extends Subject>(subject: S, value: unknown): Shapes[S] {
    const validate = this.#validatorOf(subject)
    if (validate(value)) return value as Shapes[S]
    throw new PermanentError('SCHEMA_INVALID', `not a ${subject}: ${describe(validate.errors ?? [])}`)
  }

  #validatorOf(subject: Subject): ValidateFunction {
    const validate = this.#validators.get(subject) ?? this.#ajv.getSchema(subject)!
    this.#validators.set(subject, validate)
    return validate
  }
}

/** Throws a PermanentError (`JSON_INVALID`) that says where the text stops being JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new PermanentError('JSON_INVALID', `not JSON in UTF-8: ${(cause as Error).message}`, { cause })
  }
}

function describe(errors: readonly ErrorObject[]): string {
  return errors
    .slice(0, ERRORS_SHOWN)
    .map(
      ({ instancePath, message, params, data }) =>
        `${instancePath || '/'} ${message}${hint(params)} (found ${shown(data)})`,
    )
    .join('; ')
}

function hint(params: ErrorObject['params']): string {
  if ('allowedValues' in params) return `: ${(params['allowedValues'] as unknown[]).join(', ')}`
  if ('allowedValue' in params) return `: ${String(params['allowedValue'])}`
  if ('additionalProperty' in params) return `: ${String(params['additionalProperty'])}`
  return ''
}

function shown(data: unknown): string {
  const text = JSON.stringify(data) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
