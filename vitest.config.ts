import { defineConfig } from 'vitest/config'

const stages = '{app,collectors,core,deploy,enrichment,schemas,sinks,stream,tools}'
const slow = 'test/**/*.slow.test.ts'
const hubs = 'test/integration/{azure,gcp}-*.test.ts'
// Each opens a door, and starts its server for the first test that asks there.
const sharedServers = ['azurite', 'kafka', 'moto', 'opensearch', 'victoria-logs'].map(
  (name) => `./test/servers/${name}/global-setup.ts`,
)

export default defineConfig({
  test: {
    reporters: ['default', './tools/skipped-reporter.ts'],
    projects: [
      // Many of them wait, for small servers and clocks: as many at once keep two cores busy.
      { test: { name: 'unit', include: [`${stages}/**/*.test.ts`], maxWorkers: 4, testTimeout: 10_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [slow, hubs],
          globalSetup: sharedServers,
          // They start servers and whole pipelines: beside one another they would only measure each other's load.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration-hubs',
          include: [hubs],
          globalSetup: sharedServers,
          // They mostly wait, for claims, sessions and deadlines of small servers of their own.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'slow',
          include: [slow],
          globalSetup: sharedServers,
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
