import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Statement } from '../../records/mapped.ts'

/** A record as Security Command Center writes it, and what it states, field by field. */
interface SccSample {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly statement: Statement
}

type Sample = Readonly<Record<string, unknown>>

/** When every one of the samples was published. */
export const PUBLISHED = Date.UTC(2026, 10, 25, 13)
const ORGANIZATION = '1234567890'
const PROJECT = '//cloudresourcemanager.googleapis.com/projects/42'
const FOLDERS = [
  {
    resourceFolder: '//cloudresourcemanager.googleapis.com/folders/7001',
    resourceFolderDisplayName: 'production',
  },
]

/** What it writes in v2, and in v1. */
export const sccSamples: readonly SccSample[] = ['v2-postures', 'v2-threats', 'v2-forms', 'v1'].flatMap(read)

function read(name: string): readonly SccSample[] {
  const path = join(import.meta.dirname, `samples/${name}.json`)
  return JSON.parse(readFileSync(path, 'utf8')) as readonly SccSample[]
}

/** A notification of Security Command Center (v2) about an active misconfiguration, one for each number. */
export function sampleNotification(number: number, changes: object = {}): Sample {
  const name = `organizations/${ORGANIZATION}/sources/111/locations/global/findings/f${number}`
  return {
    notificationConfigName: `organizations/${ORGANIZATION}/locations/global/notificationConfigs/posture`,
    finding: {
      name,
      canonicalName: name.replace(`organizations/${ORGANIZATION}`, 'projects/42'),
      parent: `organizations/${ORGANIZATION}/sources/111/locations/global`,
      ...stated(number),
      ...changes,
    },
    resource: {
      name: `//storage.googleapis.com/bucket-${number}`,
      displayName: `bucket-${number}`,
      type: 'google.cloud.storage.Bucket',
      cloudProvider: 'GOOGLE_CLOUD_PLATFORM',
      service: 'storage.googleapis.com',
      location: 'europe-west1',
      gcpMetadata: {
        project: PROJECT,
        projectDisplayName: 'shop-production',
        parent: PROJECT,
        parentDisplayName: 'shop-production',
        folders: FOLDERS,
        organization: `organizations/${ORGANIZATION}`,
      },
      resourcePathString: `organizations/${ORGANIZATION}/folders/7001/projects/42`,
    },
  }
}

/** The same as v1 has it. */
export function sampleV1Notification(number: number, changes: object = {}): Sample {
  const name = `organizations/${ORGANIZATION}/sources/111/findings/f${number}`
  return {
    notificationConfigName: `organizations/${ORGANIZATION}/notificationConfigs/posture`,
    finding: {
      name,
      canonicalName: name.replace(`organizations/${ORGANIZATION}`, 'projects/42'),
      parent: `organizations/${ORGANIZATION}/sources/111`,
      sourceProperties: { ScannerName: 'STORAGE_SCANNER', ReactivationCount: 0 },
      ...stated(number),
      ...changes,
    },
    resource: {
      name: `//storage.googleapis.com/bucket-${number}`,
      project: PROJECT,
      projectDisplayName: 'shop-production',
      parent: PROJECT,
      parentDisplayName: 'shop-production',
      type: 'google.cloud.storage.Bucket',
      folders: FOLDERS,
      displayName: `bucket-${number}`,
    },
  }
}

function stated(number: number): Sample {
  return {
    resourceName: `//storage.googleapis.com/bucket-${number}`,
    state: 'ACTIVE',
    category: 'PUBLIC_BUCKET_ACL',
    externalUri: `https://console.cloud.google.com/storage/browser/bucket-${number}`,
    eventTime: '2026-11-25T12:00:00.123Z',
    createTime: '2026-11-20T09:00:00Z',
    severity: 'HIGH',
    mute: 'UNDEFINED',
    findingClass: 'MISCONFIGURATION',
    parentDisplayName: 'Security Health Analytics',
    description: 'Anyone on the internet can read this bucket.',
    nextSteps: 'Take allUsers and allAuthenticatedUsers out of its access control list.',
    compliances: [{ standard: 'cis', version: '2.0', ids: ['5.1'] }],
  }
}
