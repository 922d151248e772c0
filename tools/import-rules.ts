import type { IFlattenedRuleSet } from 'dependency-cruiser'

type Rule = NonNullable<IFlattenedRuleSet['forbidden']>[number]
type Allowance = { readonly what: string; readonly from: string; readonly may: readonly string[] }

/** Where code may stand. A TypeScript file in a folder that is not listed here fails the check. */
export const folders = [
  'app',
  'bench',
  'collectors',
  'core',
  'deploy',
  'enrichment',
  'schemas',
  'sinks',
  'stream',
  'test',
  'tools',
] as const

const testCode = String.raw`\.(test|contract)\.ts$|^(test|deploy)/|/contract/|/sample-[a-z-]+\.ts$|^vitest\.config\.ts$`
const devTools = String.raw`^tools/|^bench/|^schemas/(generate-types|ocsf/compile)\.ts$`
const port = String.raw`^stream/(stream|topics|read-topic)\.ts$`
/** The parts of enrichment that the others may use, each through one file. */
const sharedParts = String.raw`^enrichment/(lifecycle/lifecycle|graph/graph|state/keys|state/walk-marks)\.ts$`
/** What several collectors use and none of them owns: Security Hub's formats, AWS's clients, and the reading of files, messages and records. */
const sharedReading = '^collectors/(asff|aws|files|messages|records)/'

/** The import table of ARCHITECTURE.md: which of our files each kind of production code may import. */
const table: readonly Allowance[] = [
  { what: 'core-is-a-leaf', from: '^core/', may: ['^core/'] },
  { what: 'schemas-know-only-core', from: '^schemas/', may: ['^schemas/', '^core/'] },
  { what: 'stream-knows-only-core', from: '^stream/', may: ['^stream/', '^core/'] },
  { what: 'collectors-stand-alone', from: '^collectors/', may: ['^collectors/', '^core/', '^schemas/', port] },
  { what: 'enrichment-stands-alone', from: '^enrichment/', may: ['^enrichment/', '^core/', '^schemas/', port] },
  { what: 'sinks-stand-alone', from: '^sinks/', may: ['^sinks/', '^core/', '^schemas/', port] },
  {
    what: 'a-collector-knows-only-the-contract',
    from: '^collectors/(?!(?:asff|aws|files|messages|records)/)([^/]+)/',
    may: ['^collectors/$1/', sharedReading, String.raw`^collectors/collector\.ts$`, '^(core|schemas|stream)/'],
  },
  {
    what: 'what-collectors-share-knows-no-collector',
    from: sharedReading,
    may: [sharedReading, String.raw`^collectors/collector\.ts$`, '^(core|schemas|stream)/'],
  },
  {
    what: 'a-sink-knows-only-the-contract',
    from: '^sinks/(?!selection/)([^/]+)/',
    may: ['^sinks/$1/', String.raw`^sinks/(sink|tls|fault)\.ts$`, '^(core|schemas|stream)/'],
  },
  {
    what: 'the-selection-knows-no-sink',
    from: '^sinks/selection/',
    may: ['^sinks/selection/', String.raw`^sinks/(sink|read-batch)\.ts$`, '^(core|schemas|stream)/'],
  },
  {
    what: 'an-enricher-knows-only-the-contract',
    from: '^enrichment/([^/]+)/',
    may: [
      '^enrichment/$1/',
      String.raw`^enrichment/(enricher|evidence|exposure|intelligence|context-graph)\.ts$`,
      sharedParts,
      '^(core|schemas|stream)/',
    ],
  },
  {
    what: 'stream-implementations-are-strangers',
    from: '^stream/([^/]+)/',
    may: ['^stream/$1/', String.raw`^stream/[^/]+\.ts$`, '^core/'],
  },
  {
    what: 'the-port-knows-no-implementation',
    from: String.raw`^stream/[^/]+\.ts$`,
    may: [String.raw`^stream/[^/]+\.ts$`, '^core/'],
  },
  {
    what: 'only-the-catalog-knows-the-components',
    from: String.raw`^(collectors|enrichment|sinks)/(?!catalog\.)[^/]+\.ts$`,
    may: [
      String.raw`^$1/[^/]+\.ts$`,
      '^enrichment/(lifecycle|graph|state|ocsf|intel)/',
      '^sinks/selection/',
      '^(core|schemas|stream)/',
    ],
  },
]

/** Everything that dependency-cruiser refuses; the names are what a person reads when the check fails. */
export const rules: Rule[] = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ...table.map(({ what, from, may }): Rule => ({
    name: what,
    severity: 'error',
    from: { path: from, pathNot: testCode },
    to: { dependencyTypes: ['local'], pathNot: may.join('|') },
  })),
  {
    name: 'nothing-knows-the-app',
    severity: 'error',
    from: { pathNot: `^(app|bench)/|${testCode}` },
    to: { path: '^app/' },
  },
  {
    name: 'tools-are-for-people',
    severity: 'error',
    from: { pathNot: `^(tools|bench)/|${testCode}` },
    to: { path: String.raw`^(tools|bench)/|^schemas/(generate-types|ocsf/compile)\.ts$` },
  },
  {
    name: 'test-code-stays-in-tests',
    severity: 'error',
    // Benchmarks start the servers that the tests start.
    from: { pathNot: `^bench/|${testCode}` },
    to: { path: testCode },
  },
  {
    name: 'one-home-for-kafkajs',
    severity: 'error',
    // A benchmark measures what the port costs beside the bare client; an event hub is no stream of ours, whatever it speaks.
    from: { pathNot: '^(stream/kafka|core/kafkajs|bench|collectors/azure-event-hubs/kafka)/' },
    to: { path: ['(^|node_modules/)kafkajs(/|$)'] },
  },
  {
    name: 'one-home-for-opentelemetry',
    severity: 'error',
    // The stages know the port; the SDK is loaded where tracing is configured, and not before.
    from: { pathNot: String.raw`^core/tracing\.ts$|^app/tracing/` },
    to: { path: '(^|node_modules/)@opentelemetry/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'production-needs-no-dev-dependency',
    severity: 'error',
    from: { pathNot: `${devTools}|${testCode}` },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
]
