/**
 * What Security Hub takes, from the API reference of AwsSecurityFinding and the types in it, BatchImportFindings and
 * BatchUpdateFindings, and the user guide. Lengths are in characters.
 */
export const LIMITS = {
  generatorId: 512,
  productName: 128,
  title: 256,
  description: 1024,
  remediation: 512,
  url: 2048,
  types: 50,
  severityOriginal: 64,
  resources: 32,
  resourceId: 512,
  resourceType: 256,
  tags: 50,
  tagKey: 128,
  tagValue: 256,
  relatedRequirements: 32,
  // AWS names none for a requirement; products that write them keep to this.
  relatedRequirement: 64,
  associatedStandards: 20,
  standard: 512,
  fields: 50,
  productFieldValue: 2048,
  userFieldValue: 1024,
  note: 512,
  findingsPerCall: 100,
  /** "240 KB" and "6 MB", of which nobody says whether a K is 1,000: so it is. */
  findingBytes: 240_000,
  callBytes: 6_000_000,
} as const
