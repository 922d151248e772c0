import {
  COUNT,
  DECIMAL,
  ENUM_ID,
  enumeration,
  FLAG,
  FREE_FORM,
  IDENTIFIER,
  LINE,
  object,
  PROSE,
  TIME,
  time,
  WORD,
  type Properties,
} from './field-types.ts'

/*
 * Every attribute of the events that enrichment emits, once. What is not here (or below FREE_FORM) stays in _source and
 * becomes no field. Lists of objects are plain objects, not `nested`: a search for two attributes of one resource can
 * find them on two resources of one finding, and in return a finding stays one document, with aggregations that work
 * everywhere. The subject, resources[0], comes first.
 */

const remediation = object({ desc: PROSE, references: IDENTIFIER })
const named = { uid: IDENTIFIER, title: LINE, references: IDENTIFIER }

const metadata = object({
  version: WORD,
  profiles: WORD,
  product: object({ name: WORD, uid: IDENTIFIER, vendor_name: WORD, version: WORD }),
  uid: IDENTIFIER,
  sequence: COUNT,
  log_provider: WORD,
  log_name: WORD,
  tenant_uid: WORD,
  event_code: IDENTIFIER,
  correlation_uid: IDENTIFIER,
  ...time('logged_time', 'modified_time'),
  is_truncated: FLAG,
  untruncated_size: COUNT,
})

const findingInfo = object({
  uid: IDENTIFIER,
  uid_alt: IDENTIFIER,
  product: object({ name: WORD, uid: IDENTIFIER, vendor_name: WORD }),
  related_events: object({ uid: IDENTIFIER, product: object({ uid: IDENTIFIER }) }),
  analytic: object({ uid: IDENTIFIER, name: IDENTIFIER, ...enumeration('type') }),
  ...time('created_time', 'first_seen_time', 'last_seen_time', 'modified_time'),
  title: LINE,
  desc: PROSE,
  types: WORD,
  attacks: object({
    tactic: object({ uid: WORD, name: WORD }),
    technique: object({ uid: WORD, name: WORD }),
  }),
  traits: object({ category: WORD, name: WORD, type: WORD, values: WORD }),
  src_url: IDENTIFIER,
})

const vulnerabilities = object({
  cve: object({
    ...named,
    // A text in OCSF, and in our events one that sorts as its number does.
    epss: object({ score: WORD, percentile: DECIMAL }),
    cvss: object({ version: WORD, base_score: DECIMAL, vector_string: WORD }),
  }),
  advisory: object(named),
  title: LINE,
  severity: WORD,
  references: IDENTIFIER,
  remediation,
  affected_packages: object({ name: IDENTIFIER, version: WORD, fixed_in_version: WORD }),
  is_fix_available: FLAG,
  is_exploit_available: FLAG,
})

const cloud = object({
  provider: WORD,
  region: WORD,
  cloud_partition: WORD,
  account: object({ uid: IDENTIFIER, name: WORD, ...enumeration('type') }),
  org: object({ uid: IDENTIFIER, name: WORD, ou_uid: IDENTIFIER, ou_name: WORD }),
})

const resources = object({
  uid: IDENTIFIER,
  name: IDENTIFIER,
  type: WORD,
  ...enumeration('role'),
  region: WORD,
  cloud_partition: WORD,
  group: object({ name: WORD }),
  owner: object({ name: WORD }),
  criticality: WORD,
  data_classifications: object({
    ...enumeration('confidentiality'),
    classifier_details: object({ type: WORD, name: LINE }),
  }),
  tags: object({ name: WORD, value: WORD }),
  data: FREE_FORM,
})

/** Flat, under names that we choose; only `source` is what the source's record had left over. */
const unmapped = object({
  state: WORD,
  cause: WORD,
  closed_by: WORD,
  kind: WORD,
  discriminator: IDENTIFIER,
  categories: WORD,
  source_risk: PROSE,
  source_url: IDENTIFIER,
  workflow: WORD,
  mute_reasons: LINE,
  decision: WORD,
  decision_by: WORD,
  decision_reason: LINE,
  decision_expires_at: TIME,
  flags: WORD,
  provider: WORD,
  account: IDENTIFIER,
  region: WORD,
  organization_unit: WORD,
  priority_due: TIME,
  bod_due: TIME,
  owner_source: LINE,
  source: FREE_FORM,
})

/** The mapping of a finding. The test beside it holds it against OCSF's own schema and against real events. */
export const PROPERTIES: Properties = {
  category_uid: ENUM_ID,
  category_name: WORD,
  class_uid: ENUM_ID,
  class_name: WORD,
  type_uid: ENUM_ID,
  type_name: WORD,
  activity_id: ENUM_ID,
  activity_name: WORD,
  ...enumeration('severity', 'status', 'priority', 'risk_level'),
  risk_score: COUNT,
  risk_details: PROSE,
  is_alert: FLAG,
  message: LINE,
  status_detail: LINE,
  ...time('time', 'start_time', 'end_time'),
  metadata,
  finding_info: findingInfo,
  compliance: object({
    control: IDENTIFIER,
    standards: WORD,
    requirements: WORD,
    ...enumeration('status'),
    status_code: WORD,
    status_details: LINE,
  }),
  remediation,
  vulnerabilities,
  cloud,
  resources,
  assignee: object({ name: WORD }),
  assignee_group: object({ name: WORD }),
  enrichments: object({
    name: WORD,
    value: IDENTIFIER,
    type: WORD,
    provider: WORD,
    short_desc: LINE,
    desc: PROSE,
    // Each enricher has a shape of its own.
    data: FREE_FORM,
  }),
  observables: object({ name: WORD, ...enumeration('type'), value: IDENTIFIER }),
  vendor_attributes: object({ ...enumeration('severity') }),
  unmapped,
}
