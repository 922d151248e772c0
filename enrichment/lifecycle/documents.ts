import { PermanentError, asError } from '../../core/errors.ts'
import { ASSET_TYPES } from '../../schemas/asset-types.ts'
import type { AssetObserved, PostureEvent } from '../../schemas/generated/posture-event.ts'
import type { SchemaRegistry } from '../../schemas/registry.ts'

/**
 * The event with its asset's type, and a document that this version understands: of a type that it does not know, the
 * asset is kept without one. Throws a PermanentError (`ASSET_DOCUMENT_INVALID`) where a known type's document is not as its schema says.
 */
export function withUsableDocument(event: PostureEvent, schemas: SchemaRegistry): PostureEvent {
  if (event.type !== 'asset.observed') return event
  const { asset, document } = event
  const type = typeOfAsset(event)
  const stated = { ...event, asset: { ...asset, type } }
  if (!ASSET_TYPES.has(type)) return { ...stated, document: {} }
  if (document['type'] !== type)
    throw invalid(event, `it is of the type ${type}, its document of ${JSON.stringify(document['type'] ?? null)}`)
  try {
    schemas.check('asset-document', document)
    return stated
  } catch (error) {
    throw invalid(event, asError(error).message, error)
  }
}

/** What the event says that the asset is, else what its document says; empty where neither does. */
function typeOfAsset({ asset, document }: Pick<AssetObserved, 'asset' | 'document'>): string {
  const { type = document['type'] } = asset
  return typeof type === 'string' ? type : ''
}

function invalid({ asset }: AssetObserved, why: string, cause?: unknown): PermanentError {
  return new PermanentError(
    'ASSET_DOCUMENT_INVALID',
    `the document of ${asset.uid} cannot be used: ${why}; its publisher must keep to schemas/asset-document.schema.json`,
    ...(cause === undefined ? [] : [{ cause }]),
  )
}
