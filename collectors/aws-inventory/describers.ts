import type { Describer } from './describer.ts'
import { ec2Describers } from './ec2/ec2.ts'
import { serviceDescribers } from './services/services.ts'

/** All of them, in the order in which an account and region is read. */
export const describers: readonly Describer[] = [...ec2Describers, ...serviceDescribers]
