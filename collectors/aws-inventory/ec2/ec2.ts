import type { Describer } from '../describer.ts'
import { images } from './images.ts'
import { instances } from './instances.ts'
import { interfaces } from './interfaces.ts'
import { networkAcls } from './network-acls.ts'
import { prefixLists } from './prefix-lists.ts'
import { regionSettings } from './region-settings.ts'
import { routeTables } from './route-tables.ts'
import { securityGroups } from './security-groups.ts'
import { snapshots } from './snapshots.ts'
import { volumes } from './volumes.ts'
import { internetGateways, peerings, subnets, vpcs } from './vpcs.ts'

/** What decides who reaches what comes first, what takes a call for each comes last. */
export const ec2Describers: readonly Describer[] = [
  regionSettings,
  vpcs,
  subnets,
  internetGateways,
  routeTables,
  networkAcls,
  securityGroups,
  prefixLists,
  peerings,
  interfaces,
  instances,
  volumes,
  images,
  snapshots,
]
