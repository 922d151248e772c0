import type { Context } from '../../core/component.ts'
import { digest } from '../../core/digest.ts'
import { PermanentError } from '../../core/errors.ts'
import { readTime } from '../../core/time.ts'
import { ASSET_TYPES } from '../../schemas/asset-types.ts'
import { normalizeResourceUid } from '../../schemas/finding-key.ts'
import type { AssetDeleted, AssetObserved, AssetReference } from '../../schemas/generated/posture-event.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'
import type { InventoryScan } from './inventory-scan.ts'
import type { AssetLine, DeletionLine } from './line-shapes.ts'

/** What a line gets from where it stands. */
export interface Surroundings {
  readonly scan: InventoryScan | undefined
  /** When what has no time of its own was seen, in milliseconds since the epoch. */
  readonly time: number
}

/** More than this no topic takes. */
const DOCUMENT_BYTES = 900_000
/** What reads a deeper one next may recurse. */
const MOST_DEPTH = 64

/** Makes the events of lines; each throws a PermanentError that says what is wrong with its line and how to mend it. */
export class AssetEvents {
  readonly #context: Context
  readonly #schemas: SchemaRegistry

  constructor(context: Context, schemas: SchemaRegistry) {
    this.#context = context
    this.#schemas = schemas
  }

  observed(line: AssetLine, around: Surroundings): AssetObserved {
    const { document, type = document['type'] } = line
    if (typeof type !== 'string') throw invalid('/document/type is missing: write what the asset is')
    if (!ASSET_TYPES.has(type))
      throw new PermanentError(
        'ASSET_TYPE_UNKNOWN',
        `the type ${type} is none of schemas/asset-document.schema.json: leave such assets out, or upgrade`,
      )
    if (document['type'] !== type) throw invalid(`/type is ${type}, and /document/type is not: write one of them`)
    if (isDeeper(document, MOST_DEPTH)) throw invalid(`/document is nested deeper than ${MOST_DEPTH}: trim it`)
    this.#schemas.check('asset-document', document)
    const asset = this.#reference({ ...line, type }, around)
    requireSize(document)
    around.scan?.add(asset)
    const content = { type: 'asset.observed' as const, ...this.#own, asset, document }
    const scan = around.scan === undefined ? {} : { scan: around.scan.reference }
    return { ...content, ...scan, id: digest([content, scan]), time: this.#context.clock() }
  }

  deleted(line: DeletionLine, around: Surroundings): AssetDeleted {
    const content = { type: 'asset.deleted' as const, ...this.#own, asset: this.#reference(line, around) }
    return { ...content, id: digest(content), time: this.#context.clock() }
  }

  /** The time in a line. A time in the future counts as the present. */
  timeOf(value: string | number | undefined, otherwise: number): number {
    if (value === undefined) return otherwise
    const at = readTime(value, { unit: 'milliseconds' })?.at
    if (at === undefined)
      throw invalid(`the time ${JSON.stringify(value)} is none: write 2026-11-25T12:00:00Z or milliseconds since 1970`)
    return Math.min(at, this.#context.clock())
  }

  get #own() {
    return { tenant: this.#context.tenant, collector: this.#context.name }
  }

  #reference(line: Omit<AssetLine, 'document'>, { scan, time }: Surroundings): AssetReference {
    const { type, region, version, account = scan?.scope.account } = line
    if (account === undefined)
      throw invalid('/account is missing: write it in the line, or in an inventory line before it')
    const sequence = version?.sequence === undefined ? {} : { sequence: version.sequence }
    return {
      uid: normalizeResourceUid(line.uid),
      provider: line.provider ?? scan?.scope.provider ?? 'aws',
      account,
      ...(type === undefined ? {} : { type }),
      ...(region === undefined || region === '' ? {} : { region }),
      version: { time: this.timeOf(version?.time, time), ...sequence },
    }
  }
}

function invalid(what: string): PermanentError {
  return new PermanentError('LINE_INVALID', what)
}

function requireSize(document: object): void {
  const size = Buffer.byteLength(JSON.stringify(document))
  if (size > DOCUMENT_BYTES)
    throw new PermanentError('RECORD_TOO_LARGE', `/document has ${size} bytes; ${DOCUMENT_BYTES} is the limit: trim it`)
}

function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return limit === 0 || Object.values(value).some((each) => isDeeper(each, limit - 1))
}
