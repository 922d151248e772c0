/**
 * VPC block public access: where a region of the account that owns the VPC blocks (block-ingress, block-bidirectional),
 * nothing comes in from the internet, unless an exclusion of the VPC or the subnet allows both directions; one that allows
 * egress only does not help. Not collected is not known, even though most accounts have it off.
 */
import type { Family } from './flow-set-addresses.ts'
import { homeOf, nameOf, regionSettingsOf } from './reading.ts'
import type { Reading } from './reading.ts'
import { closedStep, openStep, unknownStep } from './network-step.ts'
import type { Step } from './network-step.ts'
import type { Place } from './network-place.ts'

export function blockStep(reading: Reading, family: Family, { uid: of, account, region, vpc, subnet }: Place): Step {
  const owner = vpc ?? subnet ?? of
  const home = homeOf({ uid: owner, account, region })
  const uid = regionSettingsOf({ uid: owner, ...home })
  const block = reading.asset(uid, 'AWS::Account::RegionSettings')?.document.vpcBlockPublicAccess
  const where = `${home.account} in ${home.region}`
  if (block === undefined) return unknownStep(family, uid, `VPC block public access of ${where}`)
  if (block.mode === 'off') return openStep(family, uid, `VPC block public access of ${where} is off`)
  const excluded = block.exclusions.find(
    ({ resource, mode }) => mode === 'allow-bidirectional' && (resource === vpc || resource === subnet),
  )
  if (excluded !== undefined)
    return openStep(family, uid, `VPC block public access of ${where} excludes ${nameOf(excluded.resource)}`)
  if ((vpc === undefined || subnet === undefined) && block.exclusions.length > 0)
    return unknownStep(family, uid, `VPC and subnet of ${nameOf(of)}`)
  return closedStep(family, uid, `VPC block public access of ${where} is ${block.mode}`)
}
