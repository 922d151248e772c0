import * as fc from 'fast-check'
import { DOCUMENTS } from './sample-documents.ts'
import { OTHER_ACCOUNT } from './sample-uids.ts'
import { SAMPLE_ACCOUNT, type SampleAsset } from './sample-graph.ts'

export const ANY_UIDS: readonly string[] = DOCUMENTS.flatMap(([known]) => known)

/** One asset of the small world. */
export const anyAsset: fc.Arbitrary<SampleAsset> = fc.oneof(
  ...DOCUMENTS.map(([known, documents]) =>
    fc.tuple(fc.constantFrom(...known), documents).map(([uid, made]) => ({
      uid,
      document: made,
      account: uid.includes(OTHER_ACCOUNT) ? OTHER_ACCOUNT : SAMPLE_ACCOUNT,
    })),
  ),
)

/** Assets of which some are given twice: the later counts. */
export const anyAssets: fc.Arbitrary<SampleAsset[]> = fc.array(anyAsset, { maxLength: 40, size: 'max' })
