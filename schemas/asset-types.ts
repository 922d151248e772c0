import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Definition {
  readonly properties?: { readonly type?: { readonly const?: unknown } }
}

const schema = JSON.parse(readFileSync(join(import.meta.dirname, 'asset-document.schema.json'), 'utf8')) as {
  readonly $defs: Readonly<Record<string, Definition>>
}

/** The types of assets whose documents this version understands, in the order of asset-document.schema.json. */
export const ASSET_TYPES: ReadonlySet<string> = new Set(
  Object.values(schema.$defs)
    .map(({ properties }) => properties?.type?.const)
    .filter((type) => typeof type === 'string'),
)
