/** A rule as one of Security Hub's standards numbers it. */
export interface StandardRule {
  /** As AssociatedStandards names it: `standards/pci-dss/v/3.2.1`, `ruleset/cis-aws-foundations-benchmark/v/1.2.0`. */
  readonly standard: string
  readonly rule: string
}

const RULESET_GENERATOR = /^(?:arn:[^:]*:securityhub:[^:]*:[^:]*:)?ruleset\/([^/]+\/v\/[^/]+)\/rule\/([^/]+)$/
const STANDARD_GENERATOR = /^([^/]+\/v\/[^/]+)\/([^/]+)$/
const CONTROL_ARN = /:control\/([^/]+\/v\/[^/]+)\/([^/]+)$/
const ARN_HEAD = /^arn:[^:]*:securityhub:[^:]*:[^:]*:/
/** The one standard that is called a ruleset. */
const RULESET = 'cis-aws-foundations-benchmark/v/1.2.0'
const CONTROL = /^[A-Za-z][A-Za-z\d]*\.\d+$/

/**
 * The controls of the standards that number their rules in their own way, from Security Hub's table of generator ids
 * before and after consolidation. Every other standard uses the control's id.
 */
const NUMBERINGS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'cis-aws-foundations-benchmark/v/1.2.0',
    pairs(`1.1 CloudWatch.1, 1.2 IAM.5, 1.3 IAM.8, 1.4 IAM.3, 1.5 IAM.11, 1.6 IAM.12, 1.7 IAM.13, 1.8 IAM.14,
      1.9 IAM.15, 1.10 IAM.16, 1.11 IAM.17, 1.12 IAM.4, 1.13 IAM.9, 1.14 IAM.6, 1.16 IAM.2, 1.20 IAM.18, 1.22 IAM.1,
      2.1 CloudTrail.1, 2.2 CloudTrail.4, 2.3 CloudTrail.6, 2.4 CloudTrail.5, 2.5 Config.1, 2.6 CloudTrail.7,
      2.7 CloudTrail.2, 2.8 KMS.4, 2.9 EC2.6, 3.1 CloudWatch.2, 3.2 CloudWatch.3, 3.3 CloudWatch.1, 3.4 CloudWatch.4,
      3.5 CloudWatch.5, 3.6 CloudWatch.6, 3.7 CloudWatch.7, 3.8 CloudWatch.8, 3.9 CloudWatch.9, 3.10 CloudWatch.10,
      3.11 CloudWatch.11, 3.12 CloudWatch.12, 3.13 CloudWatch.13, 3.14 CloudWatch.14, 4.1 EC2.13, 4.2 EC2.14,
      4.3 EC2.2`),
  ],
  [
    'cis-aws-foundations-benchmark/v/1.4.0',
    pairs(`1.4 IAM.4, 1.5 IAM.9, 1.6 IAM.6, 1.7 CloudWatch.1, 1.8 IAM.15, 1.9 IAM.16, 1.10 IAM.5, 1.14 IAM.3,
      1.16 IAM.1, 1.17 IAM.18, 2.1.2 S3.5, 2.1.5.1 S3.1, 2.1.5.2 S3.8, 2.2.1 EC2.7, 2.3.1 RDS.3, 3.1 CloudTrail.1,
      3.2 CloudTrail.4, 3.4 CloudTrail.5, 3.5 Config.1, 3.6 S3.9, 3.7 CloudTrail.2, 3.8 KMS.4, 3.9 EC2.6,
      4.3 CloudWatch.1, 4.4 CloudWatch.4, 4.5 CloudWatch.5, 4.6 CloudWatch.6, 4.7 CloudWatch.7, 4.8 CloudWatch.8,
      4.9 CloudWatch.9, 4.10 CloudWatch.10, 4.11 CloudWatch.11, 4.12 CloudWatch.12, 4.13 CloudWatch.13,
      4.14 CloudWatch.14, 5.1 EC2.21, 5.3 EC2.2`),
  ],
  [
    'pci-dss/v/3.2.1',
    // PCI.EC2.3 and PCI.S3.4 were retired before that table: by the titles that they share with EC2.22 and S3.4.
    pairs(`PCI.AutoScaling.1 AutoScaling.1, PCI.CloudTrail.1 CloudTrail.2, PCI.CloudTrail.2 CloudTrail.3,
      PCI.CloudTrail.3 CloudTrail.4, PCI.CloudTrail.4 CloudTrail.5, PCI.CodeBuild.1 CodeBuild.1,
      PCI.CodeBuild.2 CodeBuild.2, PCI.Config.1 Config.1, PCI.CW.1 CloudWatch.1, PCI.DMS.1 DMS.1, PCI.EC2.1 EC2.1,
      PCI.EC2.2 EC2.2, PCI.EC2.3 EC2.22, PCI.EC2.4 EC2.12, PCI.EC2.5 EC2.13, PCI.EC2.6 EC2.6, PCI.ELBv2.1 ELB.1,
      PCI.ES.1 ES.2, PCI.ES.2 ES.1, PCI.GuardDuty.1 GuardDuty.1, PCI.IAM.1 IAM.4, PCI.IAM.2 IAM.2, PCI.IAM.3 IAM.1,
      PCI.IAM.4 IAM.6, PCI.IAM.5 IAM.9, PCI.IAM.6 IAM.19, PCI.IAM.7 IAM.8, PCI.IAM.8 IAM.10, PCI.KMS.1 KMS.4,
      PCI.Lambda.1 Lambda.1, PCI.Lambda.2 Lambda.3, PCI.Opensearch.1 Opensearch.2, PCI.Opensearch.2 Opensearch.1,
      PCI.RDS.1 RDS.1, PCI.RDS.2 RDS.2, PCI.Redshift.1 Redshift.1, PCI.S3.1 S3.3, PCI.S3.2 S3.2, PCI.S3.3 S3.7,
      PCI.S3.4 S3.4, PCI.S3.5 S3.5, PCI.S3.6 S3.1, PCI.SageMaker.1 SageMaker.1, PCI.SSM.1 SSM.2, PCI.SSM.2 SSM.3,
      PCI.SSM.3 SSM.1`),
  ],
])

/** A standard under one name, whether it is written as an ARN, as its resource part, or without its kind. */
export function standardName(written: string): string {
  return written.replace(ARN_HEAD, '')
}

/** The rule that a generator id of a single standard names, in any of the shapes before consolidated controls. */
export function ruleOfGenerator(generator: string): StandardRule | undefined {
  return ruleIn(RULESET_GENERATOR, generator, 'ruleset') ?? ruleIn(STANDARD_GENERATOR, generator)
}

/** The rule that the ARN of a standard's control names. */
export function ruleOfControlArn(arn: string): StandardRule | undefined {
  return ruleIn(CONTROL_ARN, arn)
}

/** The control that a standard's rule stands for; undefined where the numbering is not known. */
export function controlOfRule({ standard, rule }: StandardRule): string | undefined {
  const numbering = NUMBERINGS.get(standard.replace(/^(standards|ruleset)\//, ''))
  if (numbering !== undefined) return numbering.get(rule)
  return CONTROL.test(rule) ? rule : undefined
}

function ruleIn(pattern: RegExp, text: string, kind?: 'ruleset'): StandardRule | undefined {
  const [, path, rule] = pattern.exec(text) ?? []
  if (path === undefined || rule === undefined) return undefined
  return { standard: `${kind ?? (path === RULESET ? 'ruleset' : 'standards')}/${path}`, rule }
}

function pairs(text: string): ReadonlyMap<string, string> {
  return new Map(text.split(/,\s+/).map((pair) => pair.split(' ') as [string, string]))
}
