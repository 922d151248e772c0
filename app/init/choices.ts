/** What a first configuration depends on: what `init` asks, or is told by flags. */
export interface Choices {
  readonly tenant: string
  /** Files, directories and patterns of scanners' reports. */
  readonly reports: readonly string[]
  /** The regions whose Security Hub is read. */
  readonly regions: readonly string[]
  /** host:port of Kafka's brokers; none for the embedded stream. */
  readonly brokers: readonly string[]
  /** Where findings go beside the local list. */
  readonly archive: boolean
  /** A URL each; `true` where it is to come from the environment. */
  readonly opensearch?: string | true
  readonly splunk?: string | true
  /** The account that findings are imported into; `true` where it is to come from the environment. */
  readonly toSecurityHub?: string | true
}

/** A configuration before it is written: sections in the order in which people read them. */
export interface FirstConfig {
  readonly tenant: string
  readonly stream: Section
  readonly collectors: Readonly<Record<string, Section>>
  readonly enrichment?: Section
  readonly sinks: Readonly<Record<string, Section>>
}
export type Section = Readonly<Record<string, unknown>>

/** What may stand in the variables that a first configuration refers to. */
export const VARIABLES = {
  OPENSEARCH_URL: 'https://search.example.com:9200',
  OPENSEARCH_PASSWORD: 'the-password',
  SPLUNK_URL: 'https://splunk.example.com:8088',
  SPLUNK_TOKEN: 'the-token',
  AWS_ACCOUNT_ID: '111122223333',
  AWS_REGION: 'eu-west-1',
} as const
type Variable = keyof typeof VARIABLES

const REPORTS_EVERY = '*/10 * * * *'
const SECURITY_HUB_EVERY = '*/15 * * * *'

/** The configuration that does what was chosen. Secrets stand in it by the names of variables only. */
export function configOf(choices: Choices): FirstConfig {
  const { tenant, brokers } = choices
  const onKafka = brokers.length > 0
  return {
    tenant,
    stream: onKafka ? { type: 'kafka', brokers } : { type: 'embedded', directory: './data' },
    collectors: collectorsOf(choices),
    ...(onKafka ? { enrichment: { directory: './data/enrichment' } } : {}),
    sinks: sinksOf(choices),
  }
}

function collectorsOf({ reports, regions }: Choices): FirstConfig['collectors'] {
  return {
    ...(reports.length === 0 ? {} : { reports: { type: 'scanner-report', paths: reports, schedule: REPORTS_EVERY } }),
    ...(regions.length === 0
      ? {}
      : { 'security-hub': { type: 'aws-security-hub', regions, schedule: SECURITY_HUB_EVERY } }),
  }
}

function sinksOf({ archive, opensearch, splunk, toSecurityHub, regions }: Choices): FirstConfig['sinks'] {
  return {
    local: { type: 'local', path: './data/findings.db' },
    ...(archive ? { archive: { type: 'file', directory: './out' } } : {}),
    ...(opensearch === undefined ? {} : { search: openSearchSink(given(opensearch, 'OPENSEARCH_URL')) }),
    ...(splunk === undefined
      ? {}
      : { siem: { type: 'splunk', endpoints: [given(splunk, 'SPLUNK_URL')], token: reference('SPLUNK_TOKEN') } }),
    ...(toSecurityHub === undefined ? {} : { hub: hubSink(given(toSecurityHub, 'AWS_ACCOUNT_ID'), regions) }),
  }
}

/** Without TLS there is no security plugin, and so nobody to sign in as. */
function openSearchSink(url: string): Section {
  const auth = { basic: { username: 'posture-stream', password: reference('OPENSEARCH_PASSWORD') } }
  return { type: 'opensearch', nodes: [url], ...(url.startsWith('http://') ? {} : { auth }) }
}

/** With the findings of its own account only: AWS takes no others, and they would become dead letters. */
function hubSink(account: string, regions: readonly string[]): Section {
  const where = regions.length === 0 ? [reference('AWS_REGION')] : regions
  return { type: 'security-hub', destinations: [{ account, regions: where }], filter: { account: [account] } }
}

function given(value: string | true, variable: Variable): string {
  return value === true ? reference(variable) : value
}

function reference(variable: Variable): string {
  return `\${${variable}}`
}
