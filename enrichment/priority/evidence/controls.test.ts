import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandCenterControl } from './command-center-controls.ts'
import { typeMeanings } from './finding-types.ts'
import { prowlerControl } from './prowler-controls.ts'
import { securityHubControl } from './security-hub-controls.ts'

const SAMPLES = join(import.meta.dirname, '../../../test/samples')

interface Record {
  readonly metadata: { readonly event_code: string }
  readonly unmapped: { readonly compliance: { readonly [standard: string]: readonly string[] } }
}

const records = ['account', 'scan-1', 'scan-2', 'after-fix-and-mute'].flatMap(
  (name) => JSON.parse(readFileSync(join(SAMPLES, name, 'prowler.ocsf.json'), 'utf8')) as readonly Record[],
)
const checks = [...new Set(records.map(({ metadata }) => metadata.event_code))].toSorted()

describe('the reviewed controls', () => {
  test('know every check of the samples', () => {
    expect(checks.length).toBeGreaterThan(100)
    expect(checks.filter((check) => prowlerControl(check)?.exploitability === undefined)).toEqual([])
  })

  test("know every control of Security Hub that Prowler's samples name", () => {
    const standard = /^AWS-Foundational-Security-Best-Practices/
    const named = records.flatMap(({ unmapped }) =>
      Object.entries(unmapped.compliance).flatMap(([name, controls]) => (standard.test(name) ? controls : [])),
    )
    expect(new Set(named).size).toBeGreaterThan(50)
    expect(named.filter((control) => securityHubControl(control, '') === undefined)).toEqual([])
  })

  test('mean the same where Prowler and Security Hub look for one thing', () => {
    for (const [check, control] of [
      ['s3_bucket_policy_public_write_access', 'S3.3'],
      ['ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22', 'EC2.13'],
      ['rds_instance_no_public_access', 'RDS.2'],
      ['rds_snapshots_public_access', 'RDS.1'],
      ['iam_inline_policy_no_administrative_privileges', 'IAM.1'],
      ['kms_key_not_publicly_accessible', 'KMS.5'],
      ['s3_bucket_server_access_logging_enabled', 'S3.9'],
    ] as const)
      expect(prowlerControl(check)).toEqual(securityHubControl(control, ''))
  })

  test('mean the same in another cloud', () => {
    for (const [category, control] of [
      ['OPEN_SSH_PORT', 'EC2.13'],
      ['OPEN_FIREWALL', 'EC2.18'],
      ['PUBLIC_BUCKET_ACL', 'S3.2'],
      ['PUBLIC_SQL_INSTANCE', 'RDS.2'],
      ['PRIMITIVE_ROLES_USED', 'IAM.1'],
      ['BUCKET_LOGGING_DISABLED', 'S3.9'],
      ['SQL_CMEK_DISABLED', 'RDS.3'],
    ] as const)
      expect([category, commandCenterControl(category)]).toEqual([category, securityHubControl(control, '')])
    expect(commandCenterControl('Persistence: New Geography')).toBeUndefined()
    expect(commandCenterControl('')).toBeUndefined()
  })

  test.each([
    ['Management ports should be closed on your virtual machines', 'internet_sensitive'],
    ['Public network access on Azure SQL Database should be disabled', 'internet'],
    ['Storage account public access should be disallowed', 'internet'],
    ['Guest accounts with owner permissions on Azure resources should be removed', undefined],
    ['Diagnostic logs in Key Vault should be enabled', undefined],
  ])('Defender for Cloud means by "%s" that it is open to %s', (title, exposure) => {
    const [said] = typeMeanings({ product: 'defender-for-cloud', types: [], title })
    expect(said?.[1].exposure).toBe(exposure)
    expect(typeMeanings({ product: 'prowler', types: [], title })).toEqual([])
  })

  test.each([
    ['cloudwatch_log_group_not_publicly_accessible', 'easy'],
    ['rds_instance_transport_encrypted', 'conditional'],
    ['rds_instance_storage_encrypted', 'hygiene'],
    ['cognito_identity_pool_guest_access_disabled', 'easy'],
    ['iam_user_administrator_access_policy', 'conditional'],
    ['guardduty_is_enabled', 'hygiene'],
    ['guardduty_no_high_severity_findings', undefined],
    ['rds_cluster_open_to_next_year', undefined],
    ['', undefined],
  ])('%s is %s', (check, exploitability) => {
    expect(prowlerControl(check)?.exploitability).toBe(exploitability)
  })

  test.each([
    ['EC2.8', 'conditional'],
    ['OpenSearch.3', 'conditional'],
    ['SNS.4', 'easy'],
    ['CloudTrail.6', 'easy'],
    ['CloudTrail.5', 'hygiene'],
    ['EC2.9999', undefined],
    ['constructor', undefined],
  ])('%s is %s', (control, exploitability) => {
    expect(securityHubControl(control, 'It is so')?.exploitability).toBe(exploitability)
  })

  test('a control of the tagging standard is hygiene by its title', () => {
    expect(securityHubControl('EC2.9998', 'EC2 things should be tagged')?.exploitability).toBe('hygiene')
  })
})
