import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AssetDocument } from '../../schemas/generated/asset-document.ts'
import { SchemaRegistry } from '../../schemas/registry.ts'
import { sampleGraph, SAMPLE_TENANT, type SampleAsset } from '../graph/sample-graph.ts'
import { sentenceOf } from '../ocsf/exposure-words.ts'
import { exposureOf } from './exposure-of.ts'

const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/exposure.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``, 'g'))].map(([, text = '']) => text)
const assets = blocks('json')[0]!
  .split('\n')
  .map((line) => JSON.parse(line) as { uid: string; document: AssetDocument })
const [open, closed, unknown] = blocks('text').map((text) => text.replaceAll('\n', ' '))
const instance = assets.find(({ document }) => document.type === 'AWS::EC2::Instance')!.uid

function said(documents: readonly SampleAsset[]): string {
  return sentenceOf(exposureOf(sampleGraph(documents), SAMPLE_TENANT, instance)!)
}

test("the guide's assets are documents of the published schema", () => {
  const schemas = new SchemaRegistry()
  for (const { document } of assets) expect(() => schemas.check('asset-document', document)).not.toThrow()
})

test("the guide's instance is as exposed as the guide says, and changes as it says", () => {
  const without = (type: string): SampleAsset[] => assets.filter(({ document }) => document.type !== type)
  const alone = assets.map((asset) =>
    asset.document.type === 'AWS::EC2::RouteTable' ? { ...asset, document: { ...asset.document, routes: [] } } : asset,
  )
  expect(said(assets)).toBe(open)
  expect(said(alone)).toBe(closed)
  expect(said(without('AWS::EC2::NetworkAcl'))).toBe(unknown)
})
