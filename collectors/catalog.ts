import { assetFile } from './asset-file/asset-file.ts'
import { awsInventoryEvents } from './aws-inventory/aws-inventory-events.ts'
import { awsInventory } from './aws-inventory/aws-inventory.ts'
import { awsSecurityHubEvents } from './aws-security-hub-events/aws-security-hub-events.ts'
import { awsSecurityHub } from './aws-security-hub/aws-security-hub.ts'
import { azureEventHubs } from './azure-event-hubs/azure-event-hubs.ts'
import type { CollectorDefinition } from './collector.ts'
import { gcpPubsub } from './gcp-pubsub/gcp-pubsub.ts'
import { intel } from './intel/intel.ts'
import { scannerReport } from './scanner-report/scanner-report.ts'

/** Every collector that a configuration can name, in the order of the documentation. */
export const collectors: readonly CollectorDefinition[] = [
  scannerReport,
  assetFile,
  awsSecurityHub,
  awsSecurityHubEvents,
  awsInventory,
  awsInventoryEvents,
  azureEventHubs,
  gcpPubsub,
  intel,
]
